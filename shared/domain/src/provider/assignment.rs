//! For whom a provider of the platform is.

use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, ProviderId};
use crate::{Action, Command, PlatformScope};

/// For whom a provider of the platform is. An organization's own is its own, whatever this says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Assignment {
    /// Every organization.
    #[default]
    All,
    /// The organizations on its list.
    Listed,
}

/// Why an organization stands in the way of a provider's deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// It is on the provider's list.
    Assigned,
    /// The provider is its default.
    Default,
}

/// An organization that has to do with a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderUser {
    /// Which.
    pub organization: OrganizationId,
    /// What.
    pub uses: Use,
}

/// `PUT /v1/providers/{id}/organizations/{org}` and `DELETE` of it
#[derive(Clone, Copy, Debug)]
pub struct AssignProvider {
    /// Which provider.
    pub id: ProviderId,
    /// To whom.
    pub organization: OrganizationId,
    /// Whether it is on the list afterwards.
    pub listed: bool,
}

impl Command for AssignProvider {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageGlobalProviders
    }
}

/// `GET /v1/providers/{id}/organizations`
#[derive(Clone, Copy, Debug)]
pub struct ReadProviderUsers {
    /// Of which provider.
    pub id: ProviderId,
}

impl Command for ReadProviderUsers {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageGlobalProviders
    }
}
