//! Headers by which an MCP server knows who calls: their names may be seen, their values are in the vault.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;
use crate::provider::Credential;

/// So many headers one server is called with at most.
pub const HEADERS_MAX: usize = 10;

/// The name of a header that carries a credential, in lower case: 1 to 100 characters of a token (RFC 9110).
///
/// None that the connection, the content or the protocol itself goes by: those are set by whoever calls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CredentialHeader(String);

/// Of the connection (RFC 9110, 7.6.1), of routing, and of what is negotiated and asked for.
const REFUSED: [&str; 21] = [
    "connection",
    "cookie2",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "keep-alive",
    "last-event-id",
    "max-forwards",
    "origin",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-accel-buffering",
];

/// The same of whole families.
const REFUSED_FAMILIES: [&str; 9] =
    ["accept", "access-control-", "cache-control", "content-", "if-", "mcp-", "proxy-", "sec-", "x-forwarded-"];

impl CredentialHeader {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CredentialHeader {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !(1..=100).contains(&raw.len()) || !raw.bytes().all(is_token) {
            return Err(Rejected("must be the name of a header, of at most 100 characters"));
        }
        let name = raw.to_ascii_lowercase();
        let is_refused =
            REFUSED.contains(&name.as_str()) || REFUSED_FAMILIES.iter().any(|family| name.starts_with(family));
        if is_refused {
            return Err(Rejected("must not be a header of the connection, the content or the protocol"));
        }
        Ok(Self(name))
    }
}

impl From<CredentialHeader> for String {
    fn from(header: CredentialHeader) -> Self {
        header.0
    }
}

impl fmt::Display for CredentialHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What may be known of the headers that a server is called with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderCredential {
    /// Their names, in the order of the alphabet.
    pub headers: Vec<CredentialHeader>,
    /// All of them together, as one secret; the mask is the last one's.
    #[serde(flatten)]
    pub credential: Credential,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_decides_how_a_message_is_read_or_where_it_goes_is_no_credential() {
        let read = |name: &str| CredentialHeader::try_from(name.to_owned()).map(String::from);
        for (name, kept) in [("Authorization", "authorization"), ("X-Api-Key", "x-api-key"), ("Cookie", "cookie")] {
            assert_eq!(read(name).as_deref(), Ok(kept));
        }
        for name in [
            "",
            "x y",
            "x\r\ny",
            "x:",
            "ünicode",
            "Connection",
            "Keep-Alive",
            "Proxy-Authorization",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Host",
            "Content-Length",
            "content-type",
            "Accept",
            "Accept-Encoding",
            "MCP-Protocol-Version",
            "Mcp-Session-Id",
            "Last-Event-ID",
            "X-Forwarded-For",
            "Expect",
            "Origin",
        ] {
            assert!(read(name).is_err(), "{name:?} was taken");
        }
        assert!(read(&"x".repeat(100)).is_ok() && read(&"x".repeat(101)).is_err());
    }
}
