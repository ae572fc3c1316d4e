//! How far a rotation is: each stage has what its next step needs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::RotationId;
use crate::provider::{Credential, CredentialMark};
use crate::{Rejected, Timestamp};

/// So long a new credential is tried: some providers need a while until they know what they made themselves.
pub const TRIED_FOR: Duration = Duration::from_secs(10 * 60);

/// How long a handle is at most.
pub const HANDLE_BYTES_MAX: usize = 200;

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Stage {
    /// Requested, with a credential that somebody brought; it lies in the vault and was not tried.
    Given {
        /// Which.
        candidate: Candidate,
    },
    /// Requested, of the provider itself; nothing was made.
    ToMake,
    /// A key is made at the provider: perhaps it was, and nobody knows.
    Making {
        /// What was there before.
        making: Making,
    },
    /// The new one lies in the vault and is tried.
    Testing {
        /// Which.
        candidate: Candidate,
        /// How the provider names the one that it is to replace, where that is to end there.
        replaced: Option<Handle>,
        /// Until then it has to work.
        until: Timestamp,
    },
    /// The new one is current since the moment in which this stage began, and the old one still valid.
    Grace {
        /// The version that is current.
        current: u64,
        /// How the provider names it.
        handle: Option<Handle>,
        /// What ends with the grace.
        previous: Leftover,
        /// When that is.
        until: Timestamp,
    },
}

/// A new credential in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which version.
    pub version: u64,
    /// Its mark.
    pub mark: CredentialMark,
    /// How the provider names it, if it was made there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<Handle>,
}

/// What was there before a key was made at the provider, by which one is told that was made and lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Making {
    /// When.
    pub at: Timestamp,
    /// The newest version in the vault.
    pub after: u64,
    /// The keys at the provider, or the one of two that is to be made anew.
    pub seen: Vec<Handle>,
    /// Which of them is used.
    pub replaced: Option<Handle>,
}

/// Something that is not used any more, or never was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Leftover {
    /// A version in the vault, and a key at the provider if that has one.
    Key {
        /// Which version.
        version: u64,
        /// How the provider names it, where it is to end there.
        handle: Option<Handle>,
    },
    /// Perhaps a key at the provider, and a version in the vault.
    Lost {
        /// Of which rotation.
        rotation: RotationId,
        /// How it is found.
        making: Making,
    },
}

/// How a provider names a key, without being one: 1 to 200 letters, digits and `-_./`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(String);

impl Stage {
    /// What is left of it where it goes no further.
    pub(crate) fn leftover(self, rotation: RotationId) -> Option<Leftover> {
        let of = |Candidate { version, handle, .. }: Candidate| Leftover::Key { version, handle };
        match self {
            Self::ToMake => None,
            Self::Given { candidate } | Self::Testing { candidate, .. } => Some(of(candidate)),
            Self::Making { making } => Some(Leftover::Lost { rotation, making }),
            Self::Grace { previous, .. } => Some(previous),
        }
    }

    /// Whether the new one is not current yet, so that all of it can be called off.
    #[must_use]
    pub fn is_before_current(&self) -> bool {
        match self {
            Self::Given { .. } | Self::ToMake | Self::Making { .. } | Self::Testing { .. } => true,
            Self::Grace { .. } => false,
        }
    }

    /// The new version, once there is one.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        match self {
            Self::ToMake | Self::Making { .. } => None,
            Self::Given { candidate } | Self::Testing { candidate, .. } => Some(candidate.version),
            Self::Grace { current, .. } => Some(*current),
        }
    }
}

impl Leftover {
    /// Whether something of it may be at the provider.
    #[must_use]
    pub fn is_at_provider(&self) -> bool {
        match self {
            Self::Key { handle, .. } => handle.is_some(),
            Self::Lost { .. } => true,
        }
    }
}

impl Candidate {
    /// It as the credential that is used.
    pub(crate) fn credential(&self, set_by: String, set_at: Timestamp) -> Credential {
        Credential { version: self.version, mark: self.mark.clone(), set_at, set_by, last_used_at: None }
    }
}

impl Handle {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Handle {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
        let fits = (1..=HANDLE_BYTES_MAX).contains(&raw.len()) && raw.bytes().all(is_plain);
        fits.then_some(Self(raw)).ok_or(Rejected("must be 1 to 200 letters, digits, and -_./"))
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.0
    }
}
