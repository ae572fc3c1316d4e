//! Why a key could not be made or ended, in words for whoever looks after the provider.

use std::fmt;

use outbound::{Answer, Fault};
use probes::Trouble;

/// Something in the way. Holds nothing of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// There is no API that makes keys of this type, or no credential that may use it.
    NotAutomatic,
    /// What is stored is no credential of this kind.
    Unusable,
    /// The credential in use is none of those that the provider lists: it was made elsewhere.
    NotListed,
    /// The provider holds as many keys as it allows, and not all are the product's to end.
    NoRoom,
    /// The provider does not know the credential, or not yet, or not any more.
    CredentialRefused,
    /// The provider knows the credential and does not let it do this.
    Forbidden,
    /// Something that is named is not there.
    NotFound,
    /// Too many calls.
    RateLimited,
    /// The provider failed, is overloaded, or answers something else.
    Unavailable,
    /// No answer.
    Unreachable(Fault),
}

impl Hindrance {
    /// The name that programs know it by; never changed or reused.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::NotAutomatic => "not-automatic",
            Self::Unusable => "credential-unusable",
            Self::NotListed => "credential-not-listed",
            Self::NoRoom => "no-room",
            Self::CredentialRefused => "credential-refused",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::RateLimited => "rate-limited",
            Self::Unavailable => "unavailable",
            Self::Unreachable(fault) => fault.slug(),
        }
    }

    /// Whether it may pass by itself. A refused credential may: what was made a moment ago is not known everywhere.
    #[must_use]
    pub fn may_pass(self) -> bool {
        match self {
            Self::CredentialRefused | Self::RateLimited | Self::Unavailable => true,
            Self::Unreachable(fault) => passes(fault),
            Self::NotAutomatic | Self::Unusable | Self::NotListed | Self::NoRoom | Self::Forbidden | Self::NotFound => {
                false
            }
        }
    }

    /// What a status means where the format says nothing nearer.
    pub(crate) fn of(answer: &Answer) -> Self {
        match answer.status() {
            401 => Self::CredentialRefused,
            402 | 403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            _ => Self::Unavailable,
        }
    }
}

fn passes(fault: Fault) -> bool {
    match fault {
        Fault::NotPublic | Fault::NotSecure | Fault::Port | Fault::Redirected => false,
        Fault::NameNotFound
        | Fault::Refused
        | Fault::Tls(_)
        | Fault::CutOff
        | Fault::Late
        | Fault::TooLarge
        | Fault::NotUnderstood => true,
    }
}

impl From<Fault> for Hindrance {
    fn from(fault: Fault) -> Self {
        if fault == Fault::NotUnderstood { Self::Unavailable } else { Self::Unreachable(fault) }
    }
}

impl From<Trouble> for Hindrance {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::CredentialRefused => Self::CredentialRefused,
            Trouble::Forbidden => Self::Forbidden,
            Trouble::RateLimited => Self::RateLimited,
            Trouble::ModelUnknown | Trouble::AddressWrong => Self::NotFound,
            Trouble::Unavailable => Self::Unavailable,
            Trouble::Unreachable(fault) => Self::Unreachable(fault),
        }
    }
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAutomatic => "keys of this provider cannot be made for it",
            Self::Unusable => "what is stored is no credential of this kind; store it again",
            Self::NotListed => "the credential in use is none of those that the provider lists",
            Self::NoRoom => "the provider allows no further key; end one that is not used",
            Self::CredentialRefused => "the provider refuses the credential",
            Self::Forbidden => "the credential may not make or end keys",
            Self::NotFound => "what the credential names is not there",
            Self::RateLimited => "the provider takes no more calls at present",
            Self::Unavailable => "the provider fails at present",
            Self::Unreachable(fault) => return fault.fmt(f),
        })
    }
}

impl std::error::Error for Hindrance {}
