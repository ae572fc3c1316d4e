//! Why a call brought no answer, in words for the administrator who typed the address.

use std::error::Error;
use std::fmt;

/// A call without an answer. Holds nothing of what was sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The name has no address.
    NameNotFound,
    /// The address, or one of several, is not public and not on the operator's list.
    NotPublic,
    /// Plain http to an address that is not on the operator's list.
    NotSecure,
    /// A port that is neither 443 nor at least 1024, of an address that is not on the operator's list.
    Port,
    /// Nobody accepted the connection.
    Refused,
    /// The connection could not be secured.
    Tls(Tls),
    /// The connection ended in the middle of the answer.
    CutOff,
    /// No whole answer within the time limit.
    Late,
    /// An answer, or its head, above the limit.
    TooLarge,
    /// The answer points somewhere else, where nobody went.
    Redirected,
    /// What came is not what was asked for.
    NotUnderstood,
}

/// Why a connection could not be secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// The certificate is for another name.
    Name,
    /// The certificate is over, or not valid yet.
    Expired,
    /// No known authority vouches for the certificate.
    Untrusted,
    /// There is no common way, or no TLS at all.
    Handshake,
}

impl Fault {
    /// The name that programs know it by; never changed or reused.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::NameNotFound => "name-not-found",
            Self::NotPublic => "not-public",
            Self::NotSecure => "not-secure",
            Self::Port => "port",
            Self::Refused => "refused",
            Self::Tls(Tls::Name) => "tls-name",
            Self::Tls(Tls::Expired) => "tls-expired",
            Self::Tls(Tls::Untrusted) => "tls-untrusted",
            Self::Tls(Tls::Handshake) => "tls-handshake",
            Self::CutOff => "cut-off",
            Self::Late => "late",
            Self::TooLarge => "too-large",
            Self::Redirected => "redirected",
            Self::NotUnderstood => "not-understood",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameNotFound => "the name of the host was not found",
            Self::NotPublic => "the address is not public; the operator can allow it",
            Self::NotSecure => "the address must begin with https; the operator can allow plain http for it",
            Self::Port => "the port must be 443 or at least 1024; the operator can allow another",
            Self::Refused => "nobody accepts connections at the address",
            Self::Tls(Tls::Name) => "the certificate of the host is for another name",
            Self::Tls(Tls::Expired) => "the certificate of the host is not valid at this time",
            Self::Tls(Tls::Untrusted) => "the certificate of the host comes from an unknown authority",
            Self::Tls(Tls::Handshake) => "the host does not speak TLS as it should",
            Self::CutOff => "the host ended the connection before its answer was complete",
            Self::Late => "the host did not answer in time",
            Self::TooLarge => "the answer of the host is too large",
            Self::Redirected => "the host redirects to another address; enter that one",
            Self::NotUnderstood => "the answer of the host was not understood",
        })
    }
}

impl Error for Fault {}
