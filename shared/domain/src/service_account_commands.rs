//! What is asked of service accounts, in the two homes that they have.

use std::collections::BTreeMap;

use crate::home::{Home, HomeCommand, Rights, take_rights};
use crate::id::{ApiTokenId, ProjectId, ServiceAccountId};
use crate::member::ProjectGrant;
use crate::name::ItemName;
use crate::role::Source;
use crate::service_account::{Belongs, ServiceAccount};
use crate::{Action, CallerScope, Command, OrgRole, OrgScope, Patch, PlatformScope, ProjectRole, Timestamp};

/// Where service accounts live, and what they are given there.
pub trait AccountHome: Home {
    /// What an account is given.
    type Roles;
    /// A new account's place.
    fn belongs(&self, roles: &Self::Roles) -> Belongs;
}

/// The right to look after service accounts.
const MANAGE: Rights =
    Rights { organization: Action::ManageServiceAccounts, platform: Action::ManagePlatformServiceAccounts };

impl<R> HomeCommand for CreateServiceAccount<R> {
    const RIGHTS: Rights = MANAGE;
}

take_rights!(MANAGE => ReadServiceAccounts, EditServiceAccount, DeleteServiceAccount, CreateApiToken, RevokeApiToken);

/// What an organization's account is given.
#[derive(Clone, Debug)]
pub struct ServiceRoles {
    /// Its role.
    pub role: OrgRole,
    /// Its roles in team projects.
    pub projects: BTreeMap<ProjectId, ProjectRole>,
}

impl AccountHome for OrgScope {
    type Roles = ServiceRoles;

    fn belongs(&self, roles: &ServiceRoles) -> Belongs {
        let projects = roles.projects.iter().map(|(id, role)| (*id, manual(*role))).collect();
        Belongs::Organization { organization: OrgScope::organization(self), role: roles.role, projects }
    }
}

impl AccountHome for PlatformScope {
    type Roles = ();

    fn belongs(&self, (): &()) -> Belongs {
        Belongs::Platform
    }
}

fn manual(role: ProjectRole) -> ProjectGrant {
    ProjectGrant { role, source: Source::Manual }
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
