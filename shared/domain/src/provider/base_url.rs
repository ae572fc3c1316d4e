//! Where a provider is called: an address of a small grammar that every parser reads in the same way.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;

const BYTES_MAX: usize = 500;

/// `https://host[:port][/path]`, or `http://…` where the operator allows that for the host.
///
/// The host is a name in ASCII (other scripts as `xn--…`), an IPv4 address in four decimal parts or an IPv6 address in brackets;
/// no user, query or fragment; the path has plain segments. Kept in lower case up to the path, without the scheme's own port and without `/`
/// at the end. Whether the address may be called is decided when it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl {
    scheme: Scheme,
    host: String,
    port: u16,
    path: String,
}

/// How it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Over TLS.
    Https,
    /// In clear.
    Http,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

/// What a stored credential is bound to: another one of these must not be given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// How it is called.
    pub scheme: Scheme,
    /// The host.
    pub host: &'a str,
    /// The port, also where it is the scheme's own.
    pub port: u16,
}

impl BaseUrl {
    /// What a credential is bound to.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        Origin { scheme: self.scheme, host: &self.host, port: self.port }
    }

    fn read(raw: &str) -> Option<Self> {
        let (scheme, rest) = match raw.split_once("://")? {
            (scheme, rest) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            (scheme, rest) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            _ => return None,
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((host, port)) => (host, read_port(port)?),
            None => (authority, scheme.port()),
        };
        let (host, path) = (host.to_ascii_lowercase(), path.trim_end_matches('/'));
        (is_host(&host) && is_path(path)).then(|| Self { scheme, host, port, path: path.to_owned() })
    }
}

fn read_port(text: &str) -> Option<u16> {
    let is_plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// A name of which the last part is no number, so that no parser takes it for an address; or an address in its plain form.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_number = |label: &str| label.starts_with(|first: char| first.is_ascii_digit()) && !label.contains('-');
    let is_name = host.len() <= 253
        && host.split('.').all(is_label)
        && host.rsplit('.').next().is_some_and(|last| !is_number(last));
    is_name || host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn is_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let is_segment =
        |segment: &str| !segment.is_empty() && segment.bytes().all(is_plain) && !matches!(segment, "." | "..");
    path.strip_prefix('/').is_none_or(|segments| segments.split('/').all(is_segment))
}

impl TryFrom<String> for BaseUrl {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let read = Some(raw.trim()).filter(|raw| raw.len() <= BYTES_MAX).and_then(Self::read);
        read.ok_or(Rejected("must be an address such as https://api.example.com/v1, without user, query or fragment"))
    }
}

impl From<BaseUrl> for String {
    fn from(url: BaseUrl) -> Self {
        url.to_string()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port, path } = self;
        write!(f, "{}://{host}", scheme.as_str())?;
        if *port != scheme.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(path)
    }
}

#[cfg(test)]
#[path = "base_url_tests.rs"]
mod tests;
