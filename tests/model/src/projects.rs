//! Team projects and the roles in them.

use domain::{OrgRole, ProjectRole};

use crate::command::{Command, Pick, Who};
use crate::standing::{Caller, Standing};
use crate::state::{DENIED, Model, NOT_FOUND, Project};
use crate::turn::{Answer, Refusal, Turn};

impl Model {
    pub(crate) fn of_projects(&self, command: &Command) -> Option<Result<Turn, Refusal>> {
        let number = |pick: Pick| (!self.projects.is_empty()).then(|| pick % self.projects.len());
        Some(match *command {
            Command::CreateProject { by, org, name } => self.create_project(by, self.org(org), name),
            Command::DeleteProject { by, project } => self.delete_project(by, number(project)?),
            Command::SetProjectMember { by, project, person, role } => {
                self.set_project_member(by, number(project)?, self.person(person), role)
            }
            Command::RemoveProjectMember { by, project, person } => {
                self.remove_project_member(by, number(project)?, self.person(person))
            }
            _ => unreachable!(),
        })
    }

    fn create_project(&self, by: Who, org: usize, name: usize) -> Result<Turn, Refusal> {
        let standing = self.standing(by, org)?.permit(OrgRole::Admin)?;
        if self.projects.iter().any(|project| project.org == org && project.name == name && !project.gone) {
            return Err("project.name-taken");
        }
        let (mut after, number) = (self.clone(), self.projects.len());
        after.projects.push(Project { org, name, gone: false });
        let (projects, version) = match standing.caller {
            Caller::Person(person) => match after.organizations[org].get_mut(&person) {
                Some(member) => (&mut member.projects, &mut member.version),
                None => return Ok(Self::done(after, org, "project.created")),
            },
            Caller::Program(program) => {
                let program = &mut after.programs[program];
                (&mut program.projects, &mut program.version)
            }
        };
        projects.insert(number, ProjectRole::Admin);
        *version += 1;
        Ok(Self::done(after, org, "project.created"))
    }

    fn delete_project(&self, by: Who, number: usize) -> Result<Turn, Refusal> {
        let org = self.projects[number].org;
        self.standing(by, org)?.permit(OrgRole::Admin)?;
        if self.projects[number].gone {
            return Err(NOT_FOUND);
        }
        let (mut after, mut events) = (self.clone(), vec![(Some(org), "project.deleted")]);
        after.projects[number].gone = true;
        for member in after.organizations[org].values_mut() {
            if member.projects.remove(&number).is_some() {
                member.version += 1;
                events.push((Some(org), "project.member-removed"));
            }
        }
        for program in after.programs.iter_mut().filter(|program| !program.gone) {
            if program.projects.remove(&number).is_some() {
                program.version += 1;
                events.push((Some(org), "service-account.edited"));
            }
        }
        Ok(Turn { answer: Answer::Done, after, events })
    }

    /// Who looks after a project's members: its admins and the organization's.
    fn manages(&self, by: Who, number: usize) -> Result<Standing, Refusal> {
        let standing = self.standing(by, self.projects[number].org)?.permit(OrgRole::Member)?;
        let allowed = standing.superadmin
            || standing.role >= Some(OrgRole::Admin)
            || standing.in_project(number) >= Some(ProjectRole::Admin);
        if allowed { Ok(standing) } else { Err(DENIED) }
    }

    /// An organization's admin gives roles without one, but none to themselves.
    fn may_give(standing: &Standing, number: usize, to: usize, role: ProjectRole) -> bool {
        let own = standing.caller == Caller::Person(to);
        standing.in_project(number) >= Some(role) || (standing.role >= Some(OrgRole::Admin) && !own)
    }

    /// The role that is there already may be taken by who could give it, and by whose it is.
    fn may_touch(standing: &Standing, number: usize, whose: usize, role: Option<ProjectRole>) -> Result<(), Refusal> {
        let own = standing.caller == Caller::Person(whose);
        let allowed = role.is_none_or(|role| own || Self::may_give(standing, number, whose, role));
        if allowed { Ok(()) } else { Err(DENIED) }
    }

    fn set_project_member(&self, by: Who, number: usize, person: usize, role: ProjectRole) -> Result<Turn, Refusal> {
        let standing = self.manages(by, number)?;
        let org = self.projects[number].org;
        let before = self.organizations[org].get(&person).ok_or(NOT_FOUND)?.projects.get(&number).copied();
        if !Self::may_give(&standing, number, person, role) {
            return Err(DENIED);
        }
        Self::may_touch(&standing, number, person, before)?;
        if self.projects[number].gone {
            return Err(NOT_FOUND);
        }
        if before == Some(role) {
            return Ok(self.unchanged());
        }
        let mut after = self.clone();
        let member = after.organizations[org].get_mut(&person).unwrap();
        member.projects.insert(number, role);
        member.version += 1;
        Ok(Self::done(after, org, "project.member-set"))
    }

    fn remove_project_member(&self, by: Who, number: usize, person: usize) -> Result<Turn, Refusal> {
        let standing = self.manages(by, number)?;
        let org = self.projects[number].org;
        let before = self.organizations[org].get(&person).ok_or(NOT_FOUND)?.projects.get(&number).copied();
        Self::may_touch(&standing, number, person, before)?;
        before.ok_or("member.unknown")?;
        let mut after = self.clone();
        let member = after.organizations[org].get_mut(&person).unwrap();
        member.projects.remove(&number);
        member.version += 1;
        Ok(Self::done(after, org, "project.member-removed"))
    }
}
