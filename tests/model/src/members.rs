//! Who belongs to an organization.

use std::collections::BTreeMap;

use domain::OrgRole;

use crate::command::{Command, Who};
use crate::standing::Caller;
use crate::state::{InvitationEnd, Member, Model, NOT_FOUND, STALE};
use crate::turn::{Refusal, Turn};

impl Model {
    pub(crate) fn of_members(&self, command: &Command) -> Result<Turn, Refusal> {
        match *command {
            Command::AddMember { by, org, person, role } => {
                self.add_member(by, self.org(org), self.person(person), role)
            }
            Command::ChangeRole { by, org, person, role, stale } => {
                self.change_role(by, (self.org(org), self.person(person)), role, stale)
            }
            Command::Remove { by, org, person } => self.remove(by, self.org(org), self.person(person)),
            _ => unreachable!(),
        }
    }

    /// Who makes owners is one; everybody else is looked after by admins.
    pub(crate) fn to_give(role: OrgRole) -> OrgRole {
        if role == OrgRole::Owner { OrgRole::Owner } else { OrgRole::Admin }
    }

    fn add_member(&self, by: Who, org: usize, person: usize, role: OrgRole) -> Result<Turn, Refusal> {
        self.standing(by, org)?.permit(Self::to_give(role))?;
        if !self.people[person].account {
            return Err(NOT_FOUND);
        }
        if self.organizations[org].contains_key(&person) {
            return Err("member.already");
        }
        if self.people[person].suspended {
            return Err("user.suspended");
        }
        let mut after = self.clone();
        after.organizations[org].insert(person, Member { role, projects: BTreeMap::new(), version: 1 });
        // An invitation of theirs has done its work.
        if let Some(invitation) = self.pending(org, person) {
            after.invitations[invitation].state = InvitationEnd::Accepted { by: person };
        }
        Ok(Self::done(after, org, "member.added"))
    }

    fn change_role(&self, by: Who, (org, person): (usize, usize), role: OrgRole, stale: bool) -> Result<Turn, Refusal> {
        let standing = self.standing(by, org)?.permit(Self::to_give(role))?;
        let before = self.organizations[org].get(&person).ok_or(NOT_FOUND)?;
        standing.reaches(before.role)?;
        standing.reaches(role)?;
        if stale {
            return Err(STALE);
        }
        if before.role == role {
            return Ok(self.unchanged());
        }
        self.keeps_an_owner(org, person)?;
        let mut after = self.clone();
        let member = after.organizations[org].get_mut(&person).unwrap();
        (member.role, member.version) = (role, member.version + 1);
        Ok(Self::done(after, org, "member.role-changed"))
    }

    fn remove(&self, by: Who, org: usize, person: usize) -> Result<Turn, Refusal> {
        let standing = self.standing(by, org)?;
        let leaves = standing.caller == Caller::Person(person);
        let standing = standing.permit(if leaves { OrgRole::Member } else { OrgRole::Admin })?;
        let before = self.organizations[org].get(&person).ok_or(NOT_FOUND)?;
        if !leaves {
            standing.reaches(before.role)?;
        }
        self.keeps_an_owner(org, person)?;
        let mut after = self.clone();
        after.organizations[org].remove(&person);
        Ok(Self::done(after, org, if leaves { "member.left" } else { "member.removed" }))
    }

    /// How many owners an organization has.
    #[must_use]
    pub fn owners(&self, org: usize) -> usize {
        self.organizations[org].values().filter(|member| member.role == OrgRole::Owner).count()
    }

    /// The last owner stays one.
    fn keeps_an_owner(&self, org: usize, person: usize) -> Result<(), Refusal> {
        let is_last = self.organizations[org][&person].role == OrgRole::Owner && self.owners(org) == 1;
        if is_last { Err("member.last-owner") } else { Ok(()) }
    }
}
