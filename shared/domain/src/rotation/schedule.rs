//! How often a credential is to be replaced, and by whom.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::provider::{CredentialMark, Endpoint, Provider, ProviderType};
use crate::{Rejected, Timestamp};

/// A scheduled rotation that failed comes again after that.
pub(super) const AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Who was reminded is reminded again after that.
pub const REMINDED_AGAIN: Duration = Duration::from_secs(7 * 24 * 3600);

/// How often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// How old a credential gets.
    pub every: EveryDays,
    /// How long the old one stays valid.
    pub grace: GraceHours,
    /// Who replaces it.
    pub method: Method,
    /// For which address and type it was set: at another one nothing is made or called.
    pub endpoint: Endpoint,
    /// When it is to be looked at next.
    pub next_at: Timestamp,
    /// When it was set.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: String,
}

/// Who replaces a credential that is old enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Method {
    /// The product does, by the provider's own API.
    Automatic {
        /// As whom, where the credential itself may not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keeper: Option<Keeper>,
    },
    /// Whoever looks after the provider, who is reminded.
    Reminder,
}

/// A second credential that may make and end keys; in the vault, apart from the one that is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeper {
    /// Which version of it.
    pub version: u64,
    /// Its mark.
    pub mark: CredentialMark,
}

/// 1 to 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct EveryDays(u16);

/// 0 to 720 hours, which are 30 days; 24 unless somebody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct GraceHours(u16);

impl Schedule {
    /// When the provider's credential is old enough; none where it has none.
    #[must_use]
    pub fn due_for(&self, provider: &Provider) -> Option<Timestamp> {
        provider.credential.as_ref().map(|credential| credential.set_at.plus(self.every.time()))
    }

    /// Whether it was set for the address and type that the provider has.
    #[must_use]
    pub fn fits(&self, provider: &Provider) -> bool {
        provider.endpoint.takes_credential_of(&self.endpoint)
    }

    /// The second credential, if it has one.
    #[must_use]
    pub fn keeper(&self) -> Option<&Keeper> {
        match &self.method {
            Method::Automatic { keeper } => keeper.as_ref(),
            Method::Reminder => None,
        }
    }
}

impl ProviderType {
    /// Whether there is an API that makes its keys.
    #[must_use]
    pub fn makes_keys(self) -> bool {
        match self {
            Self::Openai | Self::AzureOpenai | Self::Bedrock => true,
            Self::Anthropic | Self::Google | Self::Custom => false,
        }
    }

    /// Whether that API wants a credential of its own.
    #[must_use]
    pub fn needs_keeper(self) -> bool {
        match self {
            Self::Openai | Self::AzureOpenai => true,
            Self::Bedrock | Self::Anthropic | Self::Google | Self::Custom => false,
        }
    }
}

impl EveryDays {
    /// How many.
    #[must_use]
    pub fn days(self) -> u16 {
        self.0
    }

    fn time(self) -> Duration {
        Duration::from_secs(u64::from(self.0) * 24 * 3600)
    }
}

impl GraceHours {
    /// How many.
    #[must_use]
    pub fn hours(self) -> u16 {
        self.0
    }

    pub(super) fn time(self) -> Duration {
        Duration::from_secs(u64::from(self.0) * 3600)
    }
}

impl Default for GraceHours {
    fn default() -> Self {
        Self(24)
    }
}

impl TryFrom<u16> for EveryDays {
    type Error = Rejected;
    fn try_from(days: u16) -> Result<Self, Rejected> {
        (1..=365).contains(&days).then_some(Self(days)).ok_or(Rejected("must be 1 to 365 days"))
    }
}

impl TryFrom<u16> for GraceHours {
    type Error = Rejected;
    fn try_from(hours: u16) -> Result<Self, Rejected> {
        (hours <= 720).then_some(Self(hours)).ok_or(Rejected("must be 0 to 720 hours"))
    }
}

impl From<EveryDays> for u16 {
    fn from(every: EveryDays) -> Self {
        every.0
    }
}

impl From<GraceHours> for u16 {
    fn from(grace: GraceHours) -> Self {
        grace.0
    }
}
