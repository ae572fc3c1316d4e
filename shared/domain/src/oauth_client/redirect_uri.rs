//! Where people are sent back to with what they granted.

use serde::{Deserialize, Serialize};

use super::https_url::parts;
use crate::Rejected;

/// By the rules of OAuth 2.1: https, or http to this machine alone; no user and no fragment. Compared character by character, so
/// kept as typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// Where a program on one's own machine waits for the answer (RFC 8252, 7.3 and 8.3).
const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

impl TryFrom<String> for RedirectUri {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let uri = raw.trim();
        let host = parts(uri).map(|(host, _)| host);
        let fits =
            host.is_some_and(|host| host.to_string().starts_with("https://") || LOOPBACK.contains(&host.origin().host));
        let refused = Rejected("must be an https address, or http to 127.0.0.1, [::1] or localhost, without fragment");
        fits.then(|| Self(uri.to_owned())).ok_or(refused)
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sent_to_https_or_to_their_own_machine_and_nowhere_else() {
        let read = |raw: &str| RedirectUri::try_from(raw.to_owned()).map(String::from);
        for uri in [
            "https://hub.example.com/oauth/callback",
            "https://Hub.example.com/oauth/callback?to=1",
            "https://10.0.0.5/callback",
            "http://127.0.0.1:8976/callback",
            "http://[::1]/callback",
            "http://localhost:3000/callback",
        ] {
            assert_eq!(read(uri).as_deref(), Ok(uri), "kept as typed");
        }
        for uri in [
            "http://hub.example.com/callback",
            "http://127.0.0.2/callback",
            "http://localhost.evil.example/callback",
            "http://127.0.0.1.evil.example/callback",
            "http://localhost@evil.example/callback",
            "https://hub.example.com/callback#token",
            "https://hub.example.com/*",
            "https://*.example.com/callback",
            "com.example.app:/callback",
            "javascript:alert(1)",
            "",
        ] {
            let star = uri.ends_with("/*");
            assert_eq!(read(uri).is_err(), !star, "{uri:?}: a star in a path is a star and no pattern");
        }
    }
}
