//! Service accounts and their tokens.

use std::collections::BTreeMap;

use domain::{OrgRole, ProjectRole};

use crate::command::{Command, Edit, Pick, Who};
use crate::state::{Model, NOT_FOUND, Program, STALE};
use crate::turn::{Refusal, Turn};

const TOKENS_MAX: usize = 2;

impl Model {
    pub(crate) fn of_programs(&self, command: &Command) -> Option<Result<Turn, Refusal>> {
        let number = |pick: Pick| (!self.programs.is_empty()).then(|| pick % self.programs.len());
        Some(match *command {
            Command::CreateProgram { by, org, role, project } => {
                self.create_program(by, self.org(org), role, self.offered(project)?)
            }
            Command::EditProgram { by, program, edit, stale } => self.edit_program(by, number(program)?, edit, stale),
            Command::DeleteProgram { by, program } => self.delete_program(by, number(program)?),
            Command::CreateToken { by, program } => self.create_token(by, number(program)?),
            Command::RevokeToken { by, program, token } => {
                let program = number(program)?;
                let tokens = self.programs[program].tokens.len();
                self.revoke_token(by, program, (tokens > 0).then(|| token % tokens)?)
            }
            _ => unreachable!(),
        })
    }

    fn create_program(
        &self,
        by: Who,
        org: usize,
        role: OrgRole,
        projects: BTreeMap<usize, ProjectRole>,
    ) -> Result<Turn, Refusal> {
        self.standing(by, org)?.permit(OrgRole::Owner)?;
        self.are_there(org, &projects)?;
        let mut after = self.clone();
        let (tokens, lost) = (vec![], vec![]);
        after.programs.push(Program { org, role, projects, suspended: false, gone: false, version: 1, tokens, lost });
        Ok(Self::done(after, org, "service-account.created"))
    }

    /// One that is there, by who looks after it.
    fn own_program(&self, by: Who, number: usize) -> Result<&Program, Refusal> {
        let program = &self.programs[number];
        self.standing(by, program.org)?.permit(OrgRole::Owner)?;
        if program.gone { Err(NOT_FOUND) } else { Ok(program) }
    }

    fn edit_program(&self, by: Who, number: usize, edit: Edit, stale: bool) -> Result<Turn, Refusal> {
        let before = self.own_program(by, number)?;
        if stale {
            return Err(STALE);
        }
        let mut after = self.clone();
        let program = &mut after.programs[number];
        match edit {
            Edit::Suspend => program.suspended = true,
            Edit::Resume => program.suspended = false,
            Edit::Role(role) => program.role = role,
        }
        if program == before {
            return Ok(self.unchanged());
        }
        program.version += 1;
        Ok(Self::done(after, before.org, "service-account.edited"))
    }

    fn delete_program(&self, by: Who, number: usize) -> Result<Turn, Refusal> {
        let org = self.own_program(by, number)?.org;
        let mut after = self.clone();
        let program = &mut after.programs[number];
        program.gone = true;
        program.tokens.fill(false);
        Ok(Self::done(after, org, "service-account.deleted"))
    }

    fn create_token(&self, by: Who, number: usize) -> Result<Turn, Refusal> {
        let program = self.own_program(by, number)?;
        if program.tokens.iter().filter(|holds| **holds).count() >= TOKENS_MAX {
            return Err("api-token.too-many");
        }
        let mut after = self.clone();
        after.programs[number].tokens.push(true);
        Ok(Self::done(after, program.org, "api-token.created"))
    }

    fn revoke_token(&self, by: Who, number: usize, token: usize) -> Result<Turn, Refusal> {
        let program = self.own_program(by, number)?;
        if !program.tokens[token] {
            return Err(NOT_FOUND);
        }
        let mut after = self.clone();
        after.programs[number].tokens[token] = false;
        Ok(Self::done(after, program.org, "api-token.revoked"))
    }
}
