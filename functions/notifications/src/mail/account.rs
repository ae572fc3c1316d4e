//! What letters about accounts and their keys speak of.

use std::net::IpAddr;

use domain::{Email, Timestamp};

use super::shown::Shown;

/// When something was done to an account, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// When.
    pub at: Timestamp,
    /// The network address.
    pub address: Option<IpAddr>,
    /// What the client calls itself; see [`Shown::program`].
    pub user_agent: Option<Shown>,
}

/// Whom a mail is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Its reader.
    You,
    /// Somebody else.
    Other(Email),
}

/// Why a credential of a provider needs somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialDue {
    /// It is older than its schedule says.
    TooOld,
    /// A new one did not work, or could not be made.
    NotReplaced,
}

/// What happened to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// It was made.
    Created,
    /// It was ended.
    Revoked,
}
