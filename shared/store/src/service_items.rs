//! What is stored of service accounts and their tokens.

use std::collections::BTreeMap;

use domain::id::{ApiTokenId, OrganizationId, ServiceAccountId};
use domain::member::ProjectGrant;
use domain::name::ItemName;
use domain::service_account::{ApiToken, Belongs, ServiceAccount};
use domain::{Error, OrgRole, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key, index};

/// The account, with which tokens it has: a token that is not on this list is none, so that an account that goes takes all
/// of them along.
#[derive(Serialize, Deserialize)]
pub(crate) struct ServiceAccountItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    id: ServiceAccountId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<OrganizationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<OrgRole>,
    projects: BTreeMap<String, ProjectGrant>,
    name: ItemName,
    suspended: bool,
    created_at: Timestamp,
    created_by: String,
    updated_at: Timestamp,
    version: u64,
    /// Its tokens, by id.
    pub(crate) tokens: BTreeMap<String, ListedToken>,
    /// How often that list was changed.
    pub(crate) token_changes: u64,
}

/// What the account knows of a token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ListedToken {
    pub(crate) name: ItemName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
}

/// What an edit of the account leaves alone.
pub(crate) const OF_TOKENS: [&str; 2] = ["tokens", "token_changes"];

impl ServiceAccountItem {
    /// The token of that id, if the account has it.
    pub(crate) fn token(&self, token: ApiTokenId) -> Option<&ListedToken> {
        self.tokens.get(&token.to_string())
    }

    /// The account.
    ///
    /// # Errors
    /// An item that belongs to nobody: it must not pass for the platform's.
    pub(crate) fn account(&self) -> Result<ServiceAccount> {
        let Self { id, organization, role, projects, name, suspended, created_at, .. } = self;
        let projects = projects.iter().filter_map(|(id, grant)| Some((id.parse().ok()?, *grant))).collect();
        let belongs = match (*organization, *role) {
            (None, None) => Belongs::Platform,
            (Some(organization), Some(role)) => Belongs::Organization { organization, role, projects },
            (None, Some(_)) | (Some(_), None) => return Err(Error::internal("a service account that is nobody's")),
        };
        Ok(ServiceAccount {
            id: *id,
            belongs,
            name: name.clone(),
            suspended: *suspended,
            created_at: *created_at,
            created_by: self.created_by.clone(),
            updated_at: self.updated_at,
            version: self.version,
        })
    }
}

impl From<&ServiceAccount> for ServiceAccountItem {
    fn from(account: &ServiceAccount) -> Self {
        let ServiceAccount { id, belongs, name, suspended, created_at, created_by, updated_at, version } =
            account.clone();
        let Key { pk, sk } = keys::service_account(id);
        let (organization, role) = (belongs.organization(), belongs.role());
        let projects = match belongs {
            Belongs::Platform => BTreeMap::new(),
            Belongs::Organization { projects, .. } => projects,
        };
        Self {
            pk,
            sk,
            gsi1pk: index::service_accounts_of(organization),
            gsi1sk: id.to_string(),
            id,
            organization,
            role,
            projects: projects.into_iter().map(|(id, grant)| (id.to_string(), grant)).collect(),
            name,
            suspended,
            created_at,
            created_by,
            updated_at,
            version,
            tokens: BTreeMap::new(),
            token_changes: 0,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ApiTokenItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    id: ApiTokenId,
    account: ServiceAccountId,
    name: ItemName,
    /// SHA-256 of the secret.
    pub(crate) secret: String,
    created_at: Timestamp,
    created_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<u64>,
}

impl ApiTokenItem {
    pub(crate) fn of(token: &ApiToken, secret: String) -> Self {
        let ApiToken { id, account, name, created_at, created_by, expires_at, last_used_at } = token.clone();
        let Key { pk, sk } = keys::api_token(account, id);
        let expires = expires_at.map(Timestamp::seconds);
        Self { pk, sk, id, account, name, secret, created_at, created_by, expires_at, last_used_at, expires }
    }
}

impl From<ApiTokenItem> for ApiToken {
    fn from(item: ApiTokenItem) -> Self {
        let ApiTokenItem { id, account, name, created_at, created_by, expires_at, last_used_at, .. } = item;
        Self { id, account, name, created_at, created_by, expires_at, last_used_at }
    }
}
