//! What is asked of service accounts, in the two homes that they have.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use crate::id::{ApiTokenId, ProjectId, ServiceAccountId};
use crate::member::ProjectGrant;
use crate::name::ItemName;
use crate::role::Source;
use crate::scope::Reach;
use crate::service_account::{Belongs, ServiceAccount};
use crate::{Action, CallerScope, Command, OrgRole, OrgScope, Patch, PlatformScope, ProjectRole, Timestamp};

/// Where service accounts live: an organization, or the platform.
pub trait Home: Reach {
    /// What an account is given there.
    type Roles;
    /// The right to look after them.
    const MANAGE: Action;
    /// The organization, if it is one.
    fn organization(&self) -> Option<&OrgScope>;
    /// A new account's place.
    fn belongs(&self, roles: &Self::Roles) -> Belongs;
}

/// What an organization's account is given.
#[derive(Clone, Debug)]
pub struct ServiceRoles {
    /// Its role.
    pub role: OrgRole,
    /// Its roles in team projects.
    pub projects: BTreeMap<ProjectId, ProjectRole>,
}

impl Home for OrgScope {
    type Roles = ServiceRoles;
    const MANAGE: Action = Action::ManageServiceAccounts;

    fn organization(&self) -> Option<&OrgScope> {
        Some(self)
    }

    fn belongs(&self, roles: &ServiceRoles) -> Belongs {
        let projects = roles.projects.iter().map(|(id, role)| (*id, manual(*role))).collect();
        Belongs::Organization { organization: OrgScope::organization(self), role: roles.role, projects }
    }
}

impl Home for PlatformScope {
    type Roles = ();
    const MANAGE: Action = Action::ManagePlatformServiceAccounts;

    fn organization(&self) -> Option<&OrgScope> {
        None
    }

    fn belongs(&self, (): &()) -> Belongs {
        Belongs::Platform
    }
}

fn manual(role: ProjectRole) -> ProjectGrant {
    ProjectGrant { role, source: Source::Manual }
}

/// Something that is done to the service accounts of a home, all of it by one right.
#[derive(Debug)]
pub struct Manage<H, C> {
    /// What.
    pub what: C,
    home: PhantomData<fn() -> H>,
}

impl<H: Home, C> Manage<H, C> {
    /// That, in the home which the type names.
    pub fn new(what: C) -> Self {
        Self { what, home: PhantomData }
    }
}

impl<H: Home, C> Command for Manage<H, C> {
    type Scope = H;
    fn action(&self) -> Action {
        H::MANAGE
    }
}

/// `POST …/service-accounts`
#[derive(Clone, Debug)]
pub struct CreateServiceAccount<R> {
    /// Its name.
    pub name: ItemName,
    /// What it may.
    pub roles: R,
}

/// `GET …/service-accounts`, one of them, and its tokens.
#[derive(Clone, Copy, Debug)]
pub struct ReadServiceAccounts;

/// `PATCH …/service-accounts/{id}`
#[derive(Clone, Debug)]
pub struct EditServiceAccount {
    /// Which.
    pub id: ServiceAccountId,
    /// The version that was read.
    pub version: u64,
    /// A new name.
    pub name: Option<ItemName>,
    /// Refuse its tokens for the time being, or take them again.
    pub suspended: Option<bool>,
    /// Other roles, of an organization's account.
    pub roles: RolesPatch,
}

/// Other roles of an organization's account.
#[derive(Clone, Debug, Default)]
pub struct RolesPatch {
    /// Another role.
    pub role: Option<OrgRole>,
    /// Other roles in team projects, none where a project is to be left; `Clear` leaves all of them.
    pub projects: Patch<BTreeMap<ProjectId, Option<ProjectRole>>>,
}

impl RolesPatch {
    /// What the account holds with the change.
    #[must_use]
    pub fn over(&self, before: &Belongs) -> Belongs {
        let Belongs::Organization { organization, role, projects } = before else { return Belongs::Platform };
        let projects = match &self.projects {
            Patch::Keep => projects.clone(),
            Patch::Clear => BTreeMap::new(),
            Patch::Set(changed) => {
                let kept = projects.iter().filter(|(id, _)| !changed.contains_key(id));
                let set = changed.iter().filter_map(|(id, role)| role.map(|role| (*id, manual(role))));
                kept.map(|(id, grant)| (*id, *grant)).chain(set).collect()
            }
        };
        Belongs::Organization { organization: *organization, role: self.role.unwrap_or(*role), projects }
    }
}

impl EditServiceAccount {
    /// The account with the change.
    #[must_use]
    pub fn apply(&self, before: &ServiceAccount, at: Timestamp) -> ServiceAccount {
        ServiceAccount {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            suspended: self.suspended.unwrap_or(before.suspended),
            belongs: self.roles.over(&before.belongs),
            updated_at: at,
            version: before.version + 1,
            ..before.clone()
        }
    }
}

/// `DELETE …/service-accounts/{id}`
#[derive(Clone, Copy, Debug)]
pub struct DeleteServiceAccount {
    /// Which.
    pub id: ServiceAccountId,
}

/// `POST …/service-accounts/{id}/tokens`
#[derive(Clone, Debug)]
pub struct CreateApiToken {
    /// Whose.
    pub account: ServiceAccountId,
    /// What it is called.
    pub name: ItemName,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// `DELETE …/service-accounts/{id}/tokens/{token}`
#[derive(Clone, Copy, Debug)]
pub struct RevokeApiToken {
    /// Whose.
    pub account: ServiceAccountId,
    /// Which.
    pub token: ApiTokenId,
}

/// `GET /v1/whoami`
#[derive(Clone, Copy, Debug)]
pub struct Whoami;

impl Command for Whoami {
    type Scope = CallerScope;
    fn action(&self) -> Action {
        Action::KnowOneself
    }
}
