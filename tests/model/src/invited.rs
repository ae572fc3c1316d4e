//! Invitations and what their links are worth.

use std::collections::BTreeMap;

use domain::{OrgRole, ProjectRole};

use crate::command::{Command, Link, Pick, Who};
use crate::standing::{Caller, Standing};
use crate::state::{DENIED, Grantor, Invitation, InvitationEnd, Member, Model, NOT_FOUND};
use crate::turn::{Answer, Refusal, Turn};

pub(crate) const DAY: u64 = 24 * 3_600_000;
const LIFETIME: u64 = 7 * DAY;
const SENDS_MAX: usize = 5;

impl Model {
    pub(crate) fn of_invitations(&self, command: &Command) -> Option<Result<Turn, Refusal>> {
        if let Command::Invite { by, org, person, role, project } = *command {
            let projects = self.offered(project)?;
            return Some(self.invite(by, (self.org(org), self.person(person)), role, projects));
        }
        let number = |pick: Pick| (!self.invitations.is_empty()).then(|| self.latest(pick));
        Some(match *command {
            Command::Resend { by, invitation } => self.resend(by, number(invitation)?),
            Command::Revoke { by, invitation } => self.revoke(by, number(invitation)?),
            Command::CopyLink { by, invitation } => self.copy_link(by, number(invitation)?),
            Command::LookUp { invitation, link } => Ok(self.look_up(number(invitation)?, link)),
            Command::Accept { by, invitation, link } => self.accept(by, number(invitation)?, link),
            Command::AcceptOwn { invitation, link } => {
                let number = number(invitation)?;
                self.accept(Who::Person(self.invitations[number].person), number, link)
            }
            _ => unreachable!(),
        })
    }

    /// Mostly one of the last three.
    #[must_use]
    pub fn latest(&self, pick: Pick) -> usize {
        let all = self.invitations.len();
        if pick.is_multiple_of(5) { pick % all } else { all - 1 - pick % all.min(3) }
    }

    /// A role in a project; none where there is no project yet.
    pub(crate) fn offered(&self, project: Option<(Pick, ProjectRole)>) -> Option<BTreeMap<usize, ProjectRole>> {
        let Some((pick, role)) = project else { return Some(BTreeMap::new()) };
        (!self.projects.is_empty()).then(|| BTreeMap::from([(pick % self.projects.len(), role)]))
    }

    /// Projects are the organization's own and there.
    pub(crate) fn are_there(&self, org: usize, projects: &BTreeMap<usize, ProjectRole>) -> Result<(), Refusal> {
        let is_there = |project: &usize| self.projects[*project].org == org && !self.projects[*project].gone;
        if projects.keys().all(is_there) { Ok(()) } else { Err(NOT_FOUND) }
    }

    /// The invitation of somebody that can be accepted.
    pub(crate) fn pending(&self, org: usize, person: usize) -> Option<usize> {
        let is_pending = |one: &Invitation| one.org == org && one.person == person && self.worth(one) == "pending";
        self.invitations.iter().position(is_pending)
    }

    fn sends(&self, org: usize, person: usize) -> Vec<u64> {
        let all = self.sends.get(&(org, person)).cloned().unwrap_or_default();
        all.into_iter().filter(|at| at + DAY > self.now).collect()
    }

    fn invite(
        &self,
        by: Who,
        (org, person): (usize, usize),
        role: OrgRole,
        projects: BTreeMap<usize, ProjectRole>,
    ) -> Result<Turn, Refusal> {
        let standing = self.standing(by, org)?.permit(Self::to_give(role))?;
        let (pending, mut sends) = (self.pending(org, person).is_some(), self.sends(org, person));
        if !pending && sends.len() >= SENDS_MAX {
            return Err("request.too-many");
        }
        if self.organizations[org].contains_key(&person) {
            return Err("member.already");
        }
        if pending {
            return Err("invitation.pending");
        }
        if self.people[person].suspended {
            return Err("user.suspended");
        }
        self.are_there(org, &projects)?;
        let mut after = self.clone();
        sends.push(self.now);
        after.sends.insert((org, person), sends);
        let state = InvitationEnd::Pending { expires: self.now + LIFETIME };
        let inviter = grantor(&standing);
        after.invitations.push(Invitation { org, person, role, projects, inviter, state, link: 1, copied: false });
        Ok(Self::done(after, org, "invitation.created"))
    }

    /// What somebody who looks after invitations may touch, if it is pending.
    fn movable(&self, by: Who, number: usize) -> Result<(Standing, &Invitation), Refusal> {
        let invitation = &self.invitations[number];
        let standing = self.standing(by, invitation.org)?.permit(OrgRole::Admin)?;
        standing.reaches(invitation.role)?;
        refusal(self.worth(invitation)).map_or(Ok((standing, invitation)), Err)
    }

    fn resend(&self, by: Who, number: usize) -> Result<Turn, Refusal> {
        let (standing, &Invitation { org, person, .. }) = self.movable(by, number)?;
        let mut sends = self.sends(org, person);
        if sends.len() >= SENDS_MAX {
            return Err("request.too-many");
        }
        let mut after = self.clone();
        sends.push(self.now);
        after.sends.insert((org, person), sends);
        let invitation = &mut after.invitations[number];
        invitation.link += 1;
        invitation.state = InvitationEnd::Pending { expires: self.now + LIFETIME };
        // Whoever sends it again answers for it.
        invitation.inviter = grantor(&standing);
        Ok(Self::done(after, org, "invitation.resent"))
    }

    fn revoke(&self, by: Who, number: usize) -> Result<Turn, Refusal> {
        let org = self.movable(by, number)?.1.org;
        let mut after = self.clone();
        after.invitations[number].state = InvitationEnd::Revoked;
        Ok(Self::done(after, org, "invitation.revoked"))
    }

    fn copy_link(&self, by: Who, number: usize) -> Result<Turn, Refusal> {
        let (standing, &Invitation { org, inviter, copied, .. }) = self.movable(by, number)?;
        if grantor(&standing) != inviter && !standing.superadmin {
            return Err(DENIED);
        }
        if copied {
            return Err("invitation.link-copied");
        }
        let mut after = self.clone();
        after.invitations[number].copied = true;
        Ok(Self::done(after, org, "invitation.link-copied"))
    }

    fn look_up(&self, number: usize, link: Link) -> Turn {
        let invitation = &self.invitations[number];
        let worth = match self.worth_of(invitation, link) {
            "pending" if !self.is_backed(invitation) => "lapsed",
            worth => worth,
        };
        let has_account = (worth == "pending").then(|| self.people[invitation.person].account);
        Turn { answer: Answer::Worth(worth, has_account), after: self.clone(), events: vec![] }
    }

    fn accept(&self, by: Who, number: usize, link: Link) -> Result<Turn, Refusal> {
        let invitation = &self.invitations[number];
        let &Invitation { org, person, role, .. } = invitation;
        if let Some(code) = refusal(self.worth_of(invitation, link)) {
            return Err(code);
        }
        match self.caller(by) {
            Ok(Caller::Person(other)) if other != person => return Err("invitation.of-another"),
            Ok(Caller::Person(_)) => {}
            Ok(Caller::Program(_)) | Err(_) if self.people[person].account => return Err("invitation.sign-in"),
            Ok(Caller::Program(_)) | Err(_) => {}
        }
        if !self.is_backed(invitation) {
            return Err("invitation.lapsed");
        }
        if self.organizations[org].contains_key(&person) {
            return Err("member.already");
        }
        let mut after = self.clone();
        after.people[person].account = true;
        after.invitations[number].state = InvitationEnd::Accepted { by: person };
        let there = invitation.projects.iter().filter(|(project, _)| !self.projects[**project].gone);
        let projects = there.map(|(project, role)| (*project, *role)).collect();
        after.organizations[org].insert(person, Member { role, projects, version: 1 });
        let events = vec![(Some(org), "invitation.accepted"), (Some(org), "member.added")];
        Ok(Turn { answer: Answer::Done, after, events })
    }

    /// What the latest link is worth, whoever answers for it.
    #[must_use]
    pub fn worth(&self, invitation: &Invitation) -> &'static str {
        match invitation.state {
            InvitationEnd::Pending { expires } if expires > self.now => "pending",
            InvitationEnd::Pending { .. } => "expired",
            InvitationEnd::Accepted { .. } => "accepted",
            InvitationEnd::Revoked => "revoked",
        }
    }

    fn worth_of(&self, invitation: &Invitation, link: Link) -> &'static str {
        match self.worth(invitation) {
            "pending" if link == Link::Earlier && invitation.link > 1 => "superseded",
            worth => worth,
        }
    }

    /// Whether who invited may still give what is offered.
    #[must_use]
    pub fn is_backed(&self, invitation: &Invitation) -> bool {
        let needed = Some(invitation.role.max(OrgRole::Admin));
        match invitation.inviter {
            Grantor::Person(person) => {
                let role = self.organizations[invitation.org].get(&person).map(|member| member.role);
                self.signs_in(person) && (self.people[person].superadmin || role >= needed)
            }
            Grantor::Program(number) => {
                let program = &self.programs[number];
                !program.gone && !program.suspended && Some(program.role) >= needed
            }
        }
    }
}

fn grantor(standing: &Standing) -> Grantor {
    match standing.caller {
        Caller::Person(person) => Grantor::Person(person),
        Caller::Program(program) => Grantor::Program(program),
    }
}

fn refusal(worth: &str) -> Option<Refusal> {
    match worth {
        "pending" => None,
        "superseded" => Some("invitation.superseded"),
        "accepted" => Some("invitation.accepted"),
        "revoked" => Some("invitation.revoked"),
        "expired" => Some("invitation.expired"),
        other => panic!("{other}"),
    }
}
