//! Where the portal is, as people reach it.

use std::fmt;

use domain::Rejected;

/// The portal's origin, such as `https://portal.example.com`. It comes from configuration, never from a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl TryFrom<String> for PublicUrl {
    type Error = Rejected;

    /// Takes `https://`, or `http://` on this machine, with a host of ASCII and perhaps a port; a `/` at the end is cut.
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let origin = raw.strip_suffix('/').unwrap_or(&raw);
        let fits = match origin.split_once("://") {
            Some(("https", authority)) => is_authority(authority),
            Some(("http", authority)) => is_authority(authority) && is_local(authority),
            _ => false,
        };
        fits.then(|| Self(origin.to_owned()))
            .ok_or(Rejected("must be the portal's origin, such as https://portal.example.com"))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = split_port(authority);
    let host_fits = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    host_fits && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_local(authority: &str) -> bool {
    ["localhost", "127.0.0.1"].contains(&split_port(authority).0)
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(raw: &str) -> Result<PublicUrl, Rejected> {
        PublicUrl::try_from(raw.to_owned())
    }

    #[test]
    fn an_origin_is_taken_and_its_last_slash_cut() {
        for raw in ["https://portal.example.com", "https://portal.example.com/", "http://localhost:8080"] {
            assert_eq!(url(raw).unwrap().to_string(), raw.trim_end_matches('/'));
        }
    }

    #[test]
    fn what_is_no_origin_or_not_safe_on_the_way_is_refused() {
        for raw in [
            "",
            "portal.example.com",
            "https://",
            "http://portal.example.com",
            "http://localhost.example.com",
            "javascript://alert",
            "https://a@portal.example.com",
            "https://portal.example.com/path",
            "https://portal.example.com//",
            "https://portal.example.com?x",
            "https://portal.example.com#x",
            "https://portal.example.com:port",
            "https://portal.example.com:99999",
            "https://portal example.com",
            "https://portal.example.com\n",
            "https://\"onclick=",
        ] {
            assert!(url(raw).is_err(), "{raw:?} was taken");
        }
    }
}
