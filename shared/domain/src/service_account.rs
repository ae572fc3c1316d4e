//! Service accounts: programs that hold roles like members, and the API tokens that they show.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::id::{ApiTokenId, OrganizationId, ProjectId, ServiceAccountId};
use crate::member::{GRANTS_MAX, ProjectGrant};
use crate::name::ItemName;
use crate::{Code, Error, OrgRole, ProjectRole, Result, Timestamp};

pub use crate::service_account_commands::{
    AccountHome, CreateApiToken, CreateServiceAccount, DeleteServiceAccount, EditServiceAccount, ReadServiceAccounts,
    RevokeApiToken, RolesPatch, ServiceRoles, Whoami,
};

/// So many tokens of an account hold at once: the old one and the new one while they are exchanged.
pub const TOKENS_MAX: usize = 2;
/// A token's last use is written at most that often.
pub const TOUCH: Duration = Duration::from_secs(60);
/// So many roles in projects may be given in one request: each project is looked at in the same transaction.
pub const GRANTS_AT_ONCE: usize = 50;

/// A program's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Which.
    pub id: ServiceAccountId,
    /// Whose it is, and so what it may.
    pub belongs: Belongs,
    /// What it is called; need not be the only one of that name.
    pub name: ItemName,
    /// Whether its tokens are refused for the time being.
    pub suspended: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// Whose a service account is, with what it holds there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// The platform's, with the role `runtime` in every organization.
    Platform,
    /// One organization's.
    Organization {
        /// Which.
        organization: OrganizationId,
        /// Its role there.
        role: OrgRole,
        /// Its roles in team projects.
        projects: BTreeMap<ProjectId, ProjectGrant>,
    },
}

impl Belongs {
    /// The organization, if it is one's.
    #[must_use]
    pub fn organization(&self) -> Option<OrganizationId> {
        match self {
            Self::Platform => None,
            Self::Organization { organization, .. } => Some(*organization),
        }
    }

    /// The role in the organization.
    #[must_use]
    pub fn role(&self) -> Option<OrgRole> {
        match self {
            Self::Platform => None,
            Self::Organization { role, .. } => Some(*role),
        }
    }

    /// The roles in team projects.
    #[must_use]
    pub fn projects(&self) -> BTreeMap<ProjectId, ProjectRole> {
        match self {
            Self::Platform => BTreeMap::new(),
            Self::Organization { projects, .. } => projects.iter().map(|(id, grant)| (*id, grant.role)).collect(),
        }
    }

    /// The projects in which it has another role than before, which are to be looked at before it gets it.
    ///
    /// # Errors
    /// [`Code::Invalid`] for more than [`GRANTS_AT_ONCE`] of them, or [`GRANTS_MAX`] roles in all.
    pub fn newly_in(&self, before: Option<&Self>) -> Result<Vec<ProjectId>> {
        let (now, then) = (self.projects(), before.map(Self::projects).unwrap_or_default());
        let new: Vec<ProjectId> =
            now.iter().filter(|(id, role)| then.get(id) != Some(role)).map(|(id, _)| *id).collect();
        let words = "must be at most 50 new roles in a request, and 500 in all";
        let fits = new.len() <= GRANTS_AT_ONCE && now.len() <= GRANTS_MAX;
        fits.then_some(new).ok_or_else(|| Error::new(Code::Invalid, words).at("/projects"))
    }
}

/// A token of a service account, without its secret, of which only the hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Which.
    pub id: ApiTokenId,
    /// Whose.
    pub account: ServiceAccountId,
    /// What it is called, such as where it is used.
    pub name: ItemName,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it ends, unless it is revoked before.
    pub expires_at: Option<Timestamp>,
    /// Its last request, to within a minute.
    pub last_used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it holds at `now`, as long as it is not revoked.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        holds(self.expires_at, now)
    }

    /// Whether its last use is to be written at `now`.
    #[must_use]
    pub fn is_to_be_touched(&self, now: Timestamp) -> bool {
        self.last_used_at.is_none_or(|last| now >= last.plus(TOUCH))
    }
}

/// Whether a token that ends then, or never, holds at `now`.
#[must_use]
pub fn holds(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_none_or(|end| now < end)
}

#[cfg(test)]
#[path = "service_account_tests.rs"]
mod tests;
