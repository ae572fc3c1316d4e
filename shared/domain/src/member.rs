//! Who belongs to an organization, and the rules that roles follow when they change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, ProjectId, UserId};
use crate::role::Source;
use crate::{Action, Actor, Code, Command, Email, Error, OrgRole, OrgScope, ProjectRole, Result, Timestamp};

/// In how many team projects one person may have a role: every request reads all of them.
pub const GRANTS_MAX: usize = 500;

/// A grant in a team project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectGrant {
    /// Which role.
    pub role: ProjectRole,
    /// Where it came from.
    pub source: Source,
}

/// One person's place in one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub user: UserId,
    /// Where.
    pub organization: OrganizationId,
    /// The person's e-mail, kept here for lists.
    pub email: Email,
    /// The person's name, kept here for lists.
    pub display_name: String,
    /// Which role.
    pub role: OrgRole,
    /// Where the role came from.
    pub source: Source,
    /// Grants in team projects.
    pub projects: BTreeMap<ProjectId, ProjectGrant>,
    /// Since when.
    pub joined_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// Whom to add: by id or by e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// By id.
    Id(UserId),
    /// By e-mail.
    Email(Email),
}

/// `POST …/members`
#[derive(Clone, Debug)]
pub struct AddMember {
    /// Whom.
    pub person: Person,
    /// In which role.
    pub role: OrgRole,
}

impl Command for AddMember {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        if self.role == OrgRole::Owner { Action::ManageOwners } else { Action::ManageMembers }
    }
}

/// `GET …/members`
#[derive(Clone, Debug)]
pub struct ListMembers {
    /// The beginning of the e-mail, ignoring case.
    pub email_prefix: Option<String>,
}

impl Command for ListMembers {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadOrganization
    }
}

/// `GET …/members/{user}`
#[derive(Clone, Copy, Debug)]
pub struct ReadMember {
    /// Whom.
    pub user: UserId,
}

impl Command for ReadMember {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadOrganization
    }
}

/// `PATCH …/members/{user}`
#[derive(Clone, Copy, Debug)]
pub struct ChangeRole {
    /// Whom.
    pub user: UserId,
    /// To which role.
    pub role: OrgRole,
    /// The version that was read.
    pub version: u64,
}

impl Command for ChangeRole {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        if self.role == OrgRole::Owner { Action::ManageOwners } else { Action::ManageMembers }
    }
}

/// `DELETE …/members/{user}`
#[derive(Clone, Copy, Debug)]
pub struct RemoveMember {
    /// Whom.
    pub user: UserId,
}

impl Command for RemoveMember {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageMembers
    }
}

/// `DELETE …/members/{user}` for oneself.
#[derive(Clone, Copy, Debug)]
pub struct Leave;

impl Command for Leave {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::LeaveOrganization
    }
}

/// Whether this actor may touch somebody who has that role: nobody acts on a higher role than the own, and owners are
/// for owners.
///
/// # Errors
/// [`Code::Forbidden`].
pub fn may_act_on(actor: &Actor, role: OrgRole) -> Result<()> {
    let refused = || Error::new(Code::Forbidden, "your role does not allow this for somebody of a higher role");
    reaches(actor, role).then_some(()).ok_or_else(refused)
}

/// Whether this actor may give that role: nobody grants above the own role or raises it.
///
/// # Errors
/// [`Code::Forbidden`].
pub fn may_give(actor: &Actor, role: OrgRole) -> Result<()> {
    let refused = || Error::new(Code::Forbidden, "nobody grants above the own role");
    reaches(actor, role).then_some(()).ok_or_else(refused)
}

fn reaches(actor: &Actor, role: OrgRole) -> bool {
    actor.is_superadmin() || actor.role().is_some_and(|own| own >= role)
}

/// Whether this actor may offer that role in that project to somebody who does not belong to the organization yet.
///
/// # Errors
/// [`Code::Forbidden`].
pub fn may_offer_in_project(actor: &Actor, project: ProjectId, role: ProjectRole) -> Result<()> {
    let manages = actor.role().is_some_and(|role| role >= OrgRole::Admin);
    let allowed = actor.is_superadmin() || manages || actor.project_role(project) >= Some(role);
    let refused = || Error::new(Code::Forbidden, "nobody grants above the own role");
    allowed.then_some(()).ok_or_else(refused)
}

/// Whether this actor may give that role in that project. An organization's admin manages members without a grant of
/// their own, but gives nothing to themselves.
///
/// # Errors
/// [`Code::Forbidden`].
pub fn may_give_in_project(actor: &Actor, project: ProjectId, to: UserId, role: ProjectRole) -> Result<()> {
    let own = actor.project_role(project);
    let manages = actor.role().is_some_and(|role| role >= OrgRole::Admin) && actor.user() != Some(to);
    let allowed = actor.is_superadmin() || own >= Some(role) || manages;
    let refused = || Error::new(Code::Forbidden, "nobody grants above the own role or raises the own role");
    allowed.then_some(()).ok_or_else(refused)
}
