//! Who asks, and what they are in an organization.

use std::collections::BTreeMap;

use domain::{OrgRole, ProjectRole};

use crate::command::Who;
use crate::state::{DENIED, Model, NOT_FOUND, Program, SESSION};
use crate::turn::Refusal;

/// Who asks, once recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Person(usize),
    Program(usize),
}

/// What a caller is in an organization.
pub(crate) struct Standing {
    pub(crate) caller: Caller,
    pub(crate) superadmin: bool,
    pub(crate) role: Option<OrgRole>,
    projects: BTreeMap<usize, ProjectRole>,
}

impl Standing {
    /// Whether they have that role here, or what they are told.
    pub(crate) fn permit(self, needed: OrgRole) -> Result<Self, Refusal> {
        match self.role {
            _ if self.superadmin => Ok(self),
            None => Err(NOT_FOUND),
            Some(role) if role >= needed => Ok(self),
            Some(_) => Err(DENIED),
        }
    }

    /// Nobody acts on a higher role than the own, or gives one.
    pub(crate) fn reaches(&self, role: OrgRole) -> Result<(), Refusal> {
        if self.superadmin || self.role >= Some(role) { Ok(()) } else { Err(DENIED) }
    }

    pub(crate) fn in_project(&self, project: usize) -> Option<ProjectRole> {
        match self.role {
            _ if self.superadmin => Some(ProjectRole::Admin),
            Some(OrgRole::Owner) => Some(ProjectRole::Admin),
            Some(_) => self.projects.get(&project).copied(),
            None => None,
        }
    }
}

impl Model {
    /// Whether somebody can have a session.
    #[must_use]
    pub fn signs_in(&self, person: usize) -> bool {
        self.people[person].account && !self.people[person].suspended
    }

    /// The token that a program shows: its latest one that holds and whose text is known.
    #[must_use]
    pub fn token_of(&self, program: usize) -> Option<usize> {
        let Program { tokens, lost, .. } = &self.programs[program];
        (0..tokens.len()).rev().find(|token| tokens[*token] && !lost.contains(token))
    }

    pub(crate) fn caller(&self, by: Who) -> Result<Caller, Refusal> {
        match by {
            Who::Nobody | Who::Ended(_) | Who::Revoked(_) => Err(SESSION),
            Who::Person(pick) => {
                let person = self.person(pick);
                self.signs_in(person).then_some(Caller::Person(person)).ok_or(SESSION)
            }
            Who::Program(_) if self.programs.is_empty() => Err(SESSION),
            Who::Program(pick) => {
                let number = pick % self.programs.len();
                let program = &self.programs[number];
                let holds = !program.gone && !program.suspended && self.token_of(number).is_some();
                holds.then_some(Caller::Program(number)).ok_or(SESSION)
            }
        }
    }

    pub(crate) fn standing(&self, by: Who, org: usize) -> Result<Standing, Refusal> {
        let caller = self.caller(by)?;
        Ok(match caller {
            Caller::Person(person) => {
                let member = self.organizations[org].get(&person);
                let (role, projects) = member.map(|member| (member.role, member.projects.clone())).unzip();
                let superadmin = self.people[person].superadmin;
                Standing { caller, superadmin, role, projects: projects.unwrap_or_default() }
            }
            Caller::Program(number) => {
                let own = Some(&self.programs[number]).filter(|program| program.org == org);
                let (role, projects) = own.map(|program| (program.role, program.projects.clone())).unzip();
                Standing { caller, superadmin: false, role, projects: projects.unwrap_or_default() }
            }
        })
    }
}
