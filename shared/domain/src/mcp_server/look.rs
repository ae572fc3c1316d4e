//! What comes of looking at an MCP server, and when to look again.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::tool::ToolList;
use crate::Timestamp;

/// A server that answers is looked at again after that time; one that does not, after twice as long each time.
const INTERVAL: Duration = Duration::from_secs(10 * 60);
/// However long a server has not answered, it is looked at so often.
const INTERVAL_MAX: Duration = Duration::from_secs(6 * 60 * 60);

/// What one look brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It answered.
    Found(Found),
    /// It did not, or not as it should.
    Failed(Unreachable),
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The revision of the protocol that it was spoken to in.
    pub protocol: &'static str,
    /// Its tools.
    pub tools: ToolList,
}

/// Whether a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum Reachability {
    /// It does.
    Reachable,
    /// It does not.
    Unreachable {
        /// Why not.
        why: Unreachable,
    },
}

/// What is remembered of looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// What the last one brought.
    #[serde(flatten)]
    pub reachability: Reachability,
    /// Since when it is so: reachable or not; another reason why not is the same state.
    pub since: Timestamp,
    /// When somebody looked last.
    pub looked_at: Timestamp,
    /// When the schedule looks again.
    pub next_at: Timestamp,
    /// How often in a row it did not answer.
    pub failures: u32,
    /// Counts looks: of two at the same time the second one begins anew.
    pub looks: u64,
    /// The revision of the protocol that it was last spoken to in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// What is known of its tools, from the last look that brought them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<ToolsSeen>,
}

/// What of a list of tools can be seen without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolsSeen {
    /// How many are kept.
    pub count: u32,
    /// The same list has the same one. 32 hexadecimal digits.
    pub digest: String,
    /// When they were last found to be these.
    pub found_at: Timestamp,
    /// Since when they are these.
    pub since: Timestamp,
}

impl Seen {
    /// What is remembered after one more look.
    #[must_use]
    pub fn after(before: Option<&Self>, look: &Look, at: Timestamp) -> Self {
        let looks = before.map_or(0, |seen| seen.looks) + 1;
        let since = |still: bool| before.filter(|_| still).map_or(at, |seen| seen.since);
        let was = before.map(|seen| seen.reachability);
        match look {
            Look::Found(Found { protocol, tools }) => Self {
                reachability: Reachability::Reachable,
                since: since(was == Some(Reachability::Reachable)),
                looked_at: at,
                next_at: at.plus(INTERVAL),
                failures: 0,
                looks,
                protocol: Some((*protocol).to_owned()),
                tools: Some(ToolsSeen::after(before.and_then(|seen| seen.tools.as_ref()), tools, at)),
            },
            Look::Failed(why) => {
                let failures = before.map_or(0, |seen| seen.failures).saturating_add(1);
                Self {
                    reachability: Reachability::Unreachable { why: *why },
                    since: since(matches!(was, Some(Reachability::Unreachable { .. }))),
                    looked_at: at,
                    next_at: at.plus(backoff(failures)),
                    failures,
                    looks,
                    protocol: before.and_then(|seen| seen.protocol.clone()),
                    tools: before.and_then(|seen| seen.tools.clone()),
                }
            }
        }
    }

    /// Whether somebody is to be told: it answers no more, or again, or for the first time.
    #[must_use]
    pub fn differs_from(&self, before: Option<&Self>) -> bool {
        let is_reachable = |seen: &Self| seen.reachability == Reachability::Reachable;
        before.map(is_reachable) != Some(is_reachable(self))
    }

    /// Whether its tools are others than before.
    #[must_use]
    pub fn has_other_tools_than(&self, before: Option<&Self>) -> bool {
        let digest = |seen: &Self| seen.tools.as_ref().map(|tools| tools.digest.clone());
        before.and_then(digest) != digest(self)
    }
}

impl ToolsSeen {
    fn after(before: Option<&Self>, tools: &ToolList, at: Timestamp) -> Self {
        let digest = tools.digest();
        let since = before.filter(|seen| seen.digest == digest).map_or(at, |seen| seen.since);
        let count = u32::try_from(tools.tools.len()).unwrap_or(u32::MAX);
        Self { count, digest, found_at: at, since }
    }
}

fn backoff(failures: u32) -> Duration {
    let doubled = INTERVAL.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(INTERVAL_MAX)
}

/// Why a server could not be asked for its tools. Nothing of what it said is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unreachable {
    /// What the vault has are no headers, or it has none any more.
    CredentialUnusable,
    /// It does not know who calls.
    CredentialRefused,
    /// It knows who calls and does not let them.
    Forbidden,
    /// Too many calls.
    RateLimited,
    /// Something answers, but not as an MCP server.
    NotMcp,
    /// It speaks no revision of the protocol that is spoken here.
    ProtocolUnsupported,
    /// It has a failure of its own.
    Unavailable,
    /// The name has no address.
    NameNotFound,
    /// The address is not public, and not on the operator's list.
    NotPublic,
    /// Plain http, and not on the operator's list.
    NotSecure,
    /// A port that is not called.
    Port,
    /// Nobody accepts connections.
    Refused,
    /// The certificate is for another name.
    TlsName,
    /// The certificate is not valid at this time.
    TlsExpired,
    /// The certificate comes from an unknown authority.
    TlsUntrusted,
    /// The connection could not be secured.
    TlsHandshake,
    /// The connection ended in the middle of an answer.
    CutOff,
    /// No whole answer in time.
    Late,
    /// An answer above the limit.
    TooLarge,
    /// It points somewhere else, where nobody went.
    Redirected,
}

impl Unreachable {
    /// The name that programs know it by; never changed or reused.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::CredentialUnusable => "credential-unusable",
            Self::CredentialRefused => "credential-refused",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate-limited",
            Self::NotMcp => "not-mcp",
            Self::ProtocolUnsupported => "protocol-unsupported",
            Self::Unavailable => "unavailable",
            Self::NameNotFound => "name-not-found",
            Self::NotPublic => "not-public",
            Self::NotSecure => "not-secure",
            Self::Port => "port",
            Self::Refused => "refused",
            Self::TlsName => "tls-name",
            Self::TlsExpired => "tls-expired",
            Self::TlsUntrusted => "tls-untrusted",
            Self::TlsHandshake => "tls-handshake",
            Self::CutOff => "cut-off",
            Self::Late => "late",
            Self::TooLarge => "too-large",
            Self::Redirected => "redirected",
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CredentialUnusable => "what is stored are no headers; store them again",
            Self::CredentialRefused => "the server does not accept the headers",
            Self::Forbidden => "the server does not allow this with the headers",
            Self::RateLimited => "the server has had too many calls",
            Self::NotMcp => "what answers at the address is not an MCP server over Streamable HTTP",
            Self::ProtocolUnsupported => "the server speaks no revision of the protocol that is known here",
            Self::Unavailable => "the server has a failure of its own or is overloaded",
            Self::NameNotFound => "the name of the host was not found",
            Self::NotPublic => "the address is not public; the operator can allow it",
            Self::NotSecure => "the address must begin with https; the operator can allow plain http for it",
            Self::Port => "the port must be 443 or at least 1024; the operator can allow another",
            Self::Refused => "nobody accepts connections at the address",
            Self::TlsName => "the certificate of the host is for another name",
            Self::TlsExpired => "the certificate of the host is not valid at this time",
            Self::TlsUntrusted => "the certificate of the host comes from an unknown authority",
            Self::TlsHandshake => "the host does not speak TLS as it should",
            Self::CutOff => "the host ended the connection before its answer was complete",
            Self::Late => "the server did not answer in time",
            Self::TooLarge => "an answer of the server is too large",
            Self::Redirected => "the host redirects to another address; enter that one",
        })
    }
}

#[cfg(test)]
#[path = "look_tests.rs"]
mod tests;
