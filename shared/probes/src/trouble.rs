//! Why a credential could not be shown to work, in words for the administrator who entered it.

use std::error::Error;
use std::fmt;

use outbound::{Answer, Fault};

/// A test that did not succeed. Holds nothing of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The provider does not know the credential, or not any more.
    CredentialRefused,
    /// The provider knows the credential and does not let it do this.
    Forbidden,
    /// Too many calls, or nothing left to spend.
    RateLimited,
    /// The credential works, but not with this model or deployment.
    ModelUnknown,
    /// Something answers, but not as a provider of this type.
    AddressWrong,
    /// The provider failed or is overloaded.
    Unavailable,
    /// No answer.
    Unreachable(Fault),
}

impl Trouble {
    /// The name that programs know it by; never changed or reused.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::CredentialRefused => "credential-refused",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate-limited",
            Self::ModelUnknown => "model-unknown",
            Self::AddressWrong => "address-wrong",
            Self::Unavailable => "unavailable",
            Self::Unreachable(fault) => fault.slug(),
        }
    }

    /// What a status means where the format says nothing nearer.
    pub(crate) fn of(answer: &Answer) -> Self {
        match answer.status() {
            401 => Self::CredentialRefused,
            402 | 403 => Self::Forbidden,
            429 => Self::RateLimited,
            408 | 500.. => Self::Unavailable,
            _ => Self::AddressWrong,
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotUnderstood => Self::AddressWrong,
            fault => Self::Unreachable(fault),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CredentialRefused => "the provider does not accept the credential",
            Self::Forbidden => "the provider does not allow this with the credential",
            Self::RateLimited => "the provider has had too many calls with the credential, or its account is spent",
            Self::ModelUnknown => "the provider does not know the model or deployment",
            Self::AddressWrong => "what answers at the address is not a provider of this type",
            Self::Unavailable => "the provider has a failure of its own or is overloaded",
            Self::Unreachable(fault) => return fault.fmt(f),
        })
    }
}

impl Error for Trouble {}
