//! What answers show of service accounts and their tokens.

use std::collections::BTreeMap;

use api::ProjectRoleName;
use domain::ProjectRole;
use domain::service_account::{ApiToken, Belongs, ServiceAccount};
use serde::Serialize;
use utoipa::ToSchema;

/// A service account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceAccountView {
    /// Its id.
    #[schema(example = "svc_01JZA000000000000000000000")]
    id: String,
    /// Its name.
    #[schema(example = "Deployment")]
    name: String,
    /// Its role: `owner`, `admin` or `member` in its organization, or `runtime`, the platform's.
    #[schema(value_type = ServiceRoleName)]
    role: &'static str,
    /// Its roles in team projects, by the project's id. A project that was deleted keeps its line until it is taken away.
    #[schema(value_type = BTreeMap<String, ProjectRoleName>)]
    projects: BTreeMap<String, ProjectRole>,
    /// Whether its tokens are refused for the time being.
    suspended: bool,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    created_by: String,
    /// When it was changed last.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

/// What a service account is called by its rights.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum ServiceRoleName {
    Owner,
    Admin,
    Member,
    Runtime,
}

/// The role's name on the wire.
pub(crate) fn role_of(belongs: &Belongs) -> &'static str {
    belongs.role().map_or("runtime", domain::OrgRole::as_str)
}

/// The roles in team projects as they are shown.
pub(crate) fn projects_of(belongs: &Belongs) -> BTreeMap<String, ProjectRole> {
    belongs.projects().into_iter().map(|(id, role)| (id.to_string(), role)).collect()
}

impl From<&ServiceAccount> for ServiceAccountView {
    fn from(account: &ServiceAccount) -> Self {
        let ServiceAccount { id, belongs, name, suspended, created_at, created_by, updated_at, version } = account;
        Self {
            id: id.to_string(),
            name: name.to_string(),
            role: role_of(belongs),
            projects: projects_of(belongs),
            suspended: *suspended,
            created_at: created_at.to_string(),
            created_by: created_by.clone(),
            updated_at: updated_at.to_string(),
            version: *version,
        }
    }
}

/// A token of a service account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiTokenView {
    /// Its id.
    #[schema(example = "tok_01JZA000000000000000000000")]
    id: String,
    /// What it is called.
    #[schema(example = "build server")]
    name: String,
    /// The token itself, to be sent as a bearer: in the answer that makes it, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    created_by: String,
    /// When it ends; absent where only a revocation ends it.
    #[schema(format = "date-time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// Its last request, to within a minute; absent before the first.
    #[schema(format = "date-time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

impl ApiTokenView {
    pub(super) fn of(token: &ApiToken, text: Option<String>) -> Self {
        let ApiToken { id, account: _, name, created_at, created_by, expires_at, last_used_at } = token;
        Self {
            id: id.to_string(),
            name: name.to_string(),
            token: text,
            created_at: created_at.to_string(),
            created_by: created_by.clone(),
            expires_at: expires_at.map(|at| at.to_string()),
            last_used_at: last_used_at.map(|at| at.to_string()),
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}
