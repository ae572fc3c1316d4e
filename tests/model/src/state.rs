//! Everything that the model knows, and who it asks about a command.

use std::collections::BTreeMap;

use domain::{OrgRole, ProjectRole};

use crate::command::{Command, Pick, Who};
use crate::standing::Caller;
use crate::turn::{Answer, Refusal, Turn};

pub(crate) const SESSION: Refusal = "session.required";
pub(crate) const DENIED: Refusal = "permission.denied";
pub(crate) const NOT_FOUND: Refusal = "resource.not-found";
pub(crate) const STALE: Refusal = "precondition.failed";

/// At most so many organizations are made.
const ORGANIZATIONS_MAX: usize = 3;

/// Somebody with an e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Whether the operator made them one.
    pub superadmin: bool,
    /// Whether there is an account.
    pub account: bool,
    /// Whether it is suspended.
    pub suspended: bool,
}

/// Somebody's place in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The role.
    pub role: OrgRole,
    /// The roles in team projects.
    pub projects: BTreeMap<usize, ProjectRole>,
    /// Counts changes.
    pub version: u64,
}

/// A team project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Whose.
    pub org: usize,
    /// Its name, by number.
    pub name: usize,
    /// Whether it was deleted.
    pub gone: bool,
}

/// Who invites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grantor {
    /// A person.
    Person(usize),
    /// A program.
    Program(usize),
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationEnd {
    /// Nothing yet.
    Pending {
        /// Until then, in milliseconds.
        expires: u64,
    },
    /// Somebody joined.
    Accepted {
        /// Who.
        by: usize,
    },
    /// It was taken back.
    Revoked,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Into which organization.
    pub org: usize,
    /// Whose e-mail.
    pub person: usize,
    /// To which role.
    pub role: OrgRole,
    /// With which roles in projects.
    pub projects: BTreeMap<usize, ProjectRole>,
    /// Who answers for it.
    pub inviter: Grantor,
    /// What became of it.
    pub state: InvitationEnd,
    /// The number of its latest link.
    pub link: u64,
    /// Whether the link was copied.
    pub copied: bool,
}

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Whose.
    pub org: usize,
    /// Its role.
    pub role: OrgRole,
    /// Its roles in team projects.
    pub projects: BTreeMap<usize, ProjectRole>,
    /// Whether its tokens are refused.
    pub suspended: bool,
    /// Whether it was deleted.
    pub gone: bool,
    /// Counts changes.
    pub version: u64,
    /// Whether each of its tokens holds.
    pub tokens: Vec<bool>,
    /// The tokens whose text got lost with an answer.
    pub lost: Vec<usize>,
}

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The time, in milliseconds.
    pub now: u64,
    /// Everybody; the first is the superadmin.
    pub people: Vec<Person>,
    /// The members of each organization, by person.
    pub organizations: Vec<BTreeMap<usize, Member>>,
    /// All projects that ever were.
    pub projects: Vec<Project>,
    /// All invitations that ever were.
    pub invitations: Vec<Invitation>,
    /// All service accounts that ever were.
    pub programs: Vec<Program>,
    /// When mails of invitations were asked for, by organization and person.
    pub sends: BTreeMap<(usize, usize), Vec<u64>>,
}

impl Model {
    /// What comes of a command; nothing where there is nothing that it could be about.
    #[must_use]
    pub fn run(&self, command: &Command) -> Option<Turn> {
        let turn = match *command {
            Command::Pass(_) => return None,
            Command::CreateOrganization { by } => {
                if self.organizations.len() >= ORGANIZATIONS_MAX {
                    return None;
                }
                self.create_organization(by)
            }
            Command::ReadOrganization { by, org } => {
                let org = self.org(org);
                self.standing(by, org).and_then(|standing| standing.permit(OrgRole::Member)).map(|_| {
                    let answer = Answer::Members(self.organizations[org].len());
                    Turn { answer, after: self.clone(), events: vec![] }
                })
            }
            Command::Suspend { by, person } => self.set_status(by, self.person(person), true),
            Command::Reactivate { by, person } => self.set_status(by, self.person(person), false),
            Command::AddMember { .. } | Command::ChangeRole { .. } | Command::Remove { .. } => self.of_members(command),
            Command::Invite { .. }
            | Command::Resend { .. }
            | Command::Revoke { .. }
            | Command::CopyLink { .. }
            | Command::LookUp { .. }
            | Command::Accept { .. }
            | Command::AcceptOwn { .. } => self.of_invitations(command)?,
            Command::CreateProject { .. }
            | Command::DeleteProject { .. }
            | Command::SetProjectMember { .. }
            | Command::RemoveProjectMember { .. } => self.of_projects(command)?,
            Command::CreateProgram { .. }
            | Command::EditProgram { .. }
            | Command::DeleteProgram { .. }
            | Command::CreateToken { .. }
            | Command::RevokeToken { .. } => self.of_programs(command)?,
        };
        Some(turn.unwrap_or_else(|code| self.refused(code)))
    }

    fn refused(&self, code: Refusal) -> Turn {
        Turn { answer: Answer::Refused(code), after: self.clone(), events: vec![] }
    }

    /// Done, and nothing is to be seen of it.
    pub(crate) fn unchanged(&self) -> Turn {
        Turn { answer: Answer::Done, after: self.clone(), events: vec![] }
    }

    /// Done, with one record in that organization.
    pub(crate) fn done(after: Self, org: usize, event: &'static str) -> Turn {
        Turn { answer: Answer::Done, after, events: vec![(Some(org), event)] }
    }

    /// The number of that person.
    #[must_use]
    pub fn person(&self, pick: Pick) -> usize {
        pick % self.people.len()
    }

    /// The number of that organization.
    #[must_use]
    pub fn org(&self, pick: Pick) -> usize {
        pick % self.organizations.len()
    }

    /// Only superadmins.
    fn operate(&self, by: Who) -> Result<usize, Refusal> {
        match self.caller(by)? {
            Caller::Person(person) if self.people[person].superadmin => Ok(person),
            Caller::Person(_) | Caller::Program(_) => Err(DENIED),
        }
    }

    fn create_organization(&self, by: Who) -> Result<Turn, Refusal> {
        self.operate(by)?;
        let (mut after, org) = (self.clone(), self.organizations.len());
        after.organizations.push(BTreeMap::new());
        let events = vec![(Some(org), "organization.created"), (Some(org), "organization.provisioned")];
        Ok(Turn { answer: Answer::Done, after, events })
    }

    fn set_status(&self, by: Who, person: usize, suspended: bool) -> Result<Turn, Refusal> {
        let own = self.operate(by)?;
        if suspended && own == person {
            return Err("request.invalid");
        }
        if !self.people[person].account {
            return Err(NOT_FOUND);
        }
        if self.people[person].suspended == suspended {
            return Ok(self.unchanged());
        }
        let mut after = self.clone();
        after.people[person].suspended = suspended;
        let event = if suspended { "user.suspended" } else { "user.reactivated" };
        Ok(Turn { answer: Answer::Done, after, events: vec![(None, event)] })
    }
}
