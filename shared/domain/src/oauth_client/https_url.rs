//! Addresses of an authorization server, kept as they are typed: they are compared character by character.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;
use crate::provider::{BaseUrl, Origin};

const BYTES_MAX: usize = 2_000;

/// `https://host[:port][/path][?query]`, without user and fragment. The host is that of a [`BaseUrl`]; what follows it stays as
/// typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpsUrl {
    host: BaseUrl,
    rest: String,
}

impl HttpsUrl {
    /// What a secret is bound to.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        self.host.origin()
    }
}

/// Scheme and host, and all that follows them, where every parser reads the same.
pub(super) fn parts(raw: &str) -> Option<(BaseUrl, String)> {
    let odd = |byte: u8| !byte.is_ascii_graphic() || b"\"#<>\\^`{|}".contains(&byte);
    if raw.len() > BYTES_MAX || raw.bytes().any(odd) {
        return None;
    }
    let (scheme, behind) = raw.split_once("://")?;
    let (host, rest) = behind.find(['/', '?']).map_or((behind, ""), |at| behind.split_at(at));
    let path = rest.split('?').next().unwrap_or_default();
    let is_plain = !path.split('/').any(|segment| matches!(segment, "." | ".."));
    let is_escaped = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let fits = is_plain && rest.split('%').skip(1).all(is_escaped);
    let host = BaseUrl::try_from(format!("{scheme}://{host}")).ok().filter(|_| fits)?;
    Some((host, rest.to_owned()))
}

impl TryFrom<String> for HttpsUrl {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let read = parts(raw.trim()).filter(|(host, _)| host.to_string().starts_with("https://"));
        let (host, rest) = read.ok_or(Rejected("must be an https address without user and fragment"))?;
        Ok(Self { host, rest })
    }
}

impl From<HttpsUrl> for String {
    fn from(url: HttpsUrl) -> Self {
        url.to_string()
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, rest } = self;
        write!(f, "{host}{rest}")
    }
}

/// An authorization server's own name for itself (RFC 8414): an https address without query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IssuerUrl(HttpsUrl);

impl TryFrom<String> for IssuerUrl {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let url = HttpsUrl::try_from(raw).ok().filter(|url| !url.rest.contains('?'));
        url.map(Self).ok_or(Rejected("must be an https address without user, query and fragment"))
    }
}

impl From<IssuerUrl> for String {
    fn from(url: IssuerUrl) -> Self {
        url.0.into()
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_as_it_was_typed_behind_its_host() {
        let kept = |raw: &str| HttpsUrl::try_from(raw.to_owned()).map(String::from);
        for (raw, url) in [
            ("https://login.example.com/oauth2/v2.0/token", "https://login.example.com/oauth2/v2.0/token"),
            (" HTTPS://Login.Example.com:443/A%2Fb?c=d&e ", "https://login.example.com/A%2Fb?c=d&e"),
            ("https://login.example.com/", "https://login.example.com/"),
            ("https://login.example.com", "https://login.example.com"),
            ("https://login.example.com?tenant=1", "https://login.example.com?tenant=1"),
        ] {
            assert_eq!(kept(raw).as_deref(), Ok(url));
        }
        for raw in [
            "http://login.example.com/token",
            "https://",
            "https://user@login.example.com/",
            "https://login.example.com/token#a",
            "https://login.example.com\\@evil.example/",
            "https://login.example.com/../token",
            "https://login.example.com/%2",
            "https://login.example.com/%zz",
            "https://login.example.com/a b",
            "https://login.example.com/<b>",
            "https://2130706433/token",
            "javascript://login.example.com/",
        ] {
            assert!(kept(raw).is_err(), "{raw:?} was taken");
        }
        assert!(kept(&format!("https://a.example/{}", "a".repeat(2_000))).is_err());
    }

    #[test]
    fn an_issuer_has_no_query() {
        assert!(IssuerUrl::try_from("https://login.example.com/tenant/".to_owned()).is_ok());
        assert!(IssuerUrl::try_from("https://login.example.com/?tenant".to_owned()).is_err());
    }
}
