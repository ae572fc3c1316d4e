//! What is asked of service accounts.

use std::collections::BTreeMap;

use api::{OrgRoleName, ProjectRoleName};
use domain::id::{ProjectId, ServiceAccountId};
use domain::name::ItemName;
use domain::service_account::{CreateApiToken, CreateServiceAccount, EditServiceAccount, RolesPatch, ServiceRoles};
use domain::{OrgRole, Patch, ProjectRole, Result, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new service account of an organization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateServiceAccountBody {
    /// Its name; need not be the only one.
    #[schema(value_type = String, min_length = 1, max_length = 120, example = "Deployment")]
    name: ItemName,
    /// Its role, not above the caller's own.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// Its roles in team projects, by the project's id; at most 50.
    #[schema(value_type = Option<BTreeMap<String, ProjectRoleName>>)]
    #[serde(default)]
    projects: BTreeMap<ProjectId, ProjectRole>,
}

impl CreateServiceAccountBody {
    pub(super) fn command(self) -> CreateServiceAccount<ServiceRoles> {
        let Self { name, role, projects } = self;
        CreateServiceAccount { name, roles: ServiceRoles { role, projects } }
    }
}

/// A new service account of the platform.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePlatformServiceAccountBody {
    /// Its name; need not be the only one.
    #[schema(value_type = String, min_length = 1, max_length = 120, example = "Runtime")]
    name: ItemName,
}

impl CreatePlatformServiceAccountBody {
    pub(super) fn command(self) -> CreateServiceAccount<()> {
        CreateServiceAccount { name: self.name, roles: () }
    }
}

/// A merge patch of a service account of an organization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceAccountPatch {
    /// A new name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, example = "Deployment")]
    #[serde(default)]
    name: Patch<ItemName>,
    /// Whether its tokens are refused for the time being.
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    suspended: Patch<bool>,
    /// Another role, not above the caller's own.
    #[schema(value_type = Option<OrgRoleName>)]
    #[serde(default)]
    role: Patch<OrgRole>,
    /// Roles in team projects by the project's id: a role is set, `null` takes it away, projects that are not named keep
    /// theirs. At most 50 new ones.
    #[schema(value_type = Option<BTreeMap<String, ProjectRoleName>>)]
    #[serde(default)]
    projects: Patch<BTreeMap<ProjectId, Option<ProjectRole>>>,
}

impl ServiceAccountPatch {
    pub(super) fn command(self, id: ServiceAccountId, version: u64) -> Result<EditServiceAccount> {
        let Self { name, suspended, role, projects } = self;
        Ok(EditServiceAccount {
            id,
            version,
            name: name.unless_cleared("/name")?,
            suspended: suspended.unless_cleared("/suspended")?,
            roles: RolesPatch { role: role.unless_cleared("/role")?, projects },
        })
    }
}

/// A merge patch of a service account of the platform.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlatformServiceAccountPatch {
    /// A new name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, example = "Runtime")]
    #[serde(default)]
    name: Patch<ItemName>,
    /// Whether its tokens are refused for the time being.
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    suspended: Patch<bool>,
}

impl PlatformServiceAccountPatch {
    pub(super) fn command(self, id: ServiceAccountId, version: u64) -> Result<EditServiceAccount> {
        let (name, suspended) = (self.name.unless_cleared("/name")?, self.suspended.unless_cleared("/suspended")?);
        Ok(EditServiceAccount { id, version, name, suspended, roles: RolesPatch::default() })
    }
}

/// A new token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateApiTokenBody {
    /// What it is called, such as where it is used.
    #[schema(value_type = String, min_length = 1, max_length = 120, example = "build server")]
    name: ItemName,
    /// When it ends; without it, when it is revoked.
    #[schema(value_type = Option<String>, format = "date-time", example = "2027-11-23T12:00:00.000Z")]
    expires_at: Option<Timestamp>,
}

impl CreateApiTokenBody {
    pub(super) fn command(self, account: ServiceAccountId) -> CreateApiToken {
        let Self { name, expires_at } = self;
        CreateApiToken { account, name, expires_at }
    }
}
