//! Where an MCP server is called.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;
use crate::provider::{BaseUrl, Origin};

/// As [`BaseUrl`], but `/` at the end stays: to a server `/mcp` and `/mcp/` are two addresses, and nobody is led from the one
/// to the other, since no redirect is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct McpUrl {
    base: BaseUrl,
    ends_with_slash: bool,
}

impl McpUrl {
    /// What its headers are bound to.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        self.base.origin()
    }
}

impl TryFrom<String> for McpUrl {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let raw = raw.trim();
        let path = raw.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
        let ends_with_slash = path.is_some_and(|path| !path.trim_matches('/').is_empty() && path.ends_with('/'));
        let refused =
            Rejected("must be an address such as https://mcp.example.com/mcp, without user, query or fragment");
        let base = BaseUrl::try_from(raw.to_owned()).map_err(|_| refused)?;
        Ok(Self { base, ends_with_slash })
    }
}

impl From<McpUrl> for String {
    fn from(url: McpUrl) -> Self {
        url.to_string()
    }
}

impl fmt::Display for McpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.base.fmt(f)?;
        f.write_str(if self.ends_with_slash { "/" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_of_a_path_stays_and_one_behind_the_host_means_nothing() {
        let kept = |raw: &str| McpUrl::try_from(raw.to_owned()).map(String::from);
        for (raw, url) in [
            ("https://mcp.example.com/mcp", "https://mcp.example.com/mcp"),
            (" HTTPS://MCP.example.com:443/mcp/ ", "https://mcp.example.com/mcp/"),
            ("https://mcp.example.com/mcp//", "https://mcp.example.com/mcp/"),
            ("https://mcp.example.com/", "https://mcp.example.com"),
            ("https://mcp.example.com", "https://mcp.example.com"),
            ("http://127.0.0.1:8000/sse/", "http://127.0.0.1:8000/sse/"),
        ] {
            assert_eq!(kept(raw).as_deref(), Ok(url));
            assert_eq!(kept(url).as_deref(), Ok(url), "what is kept reads as itself");
        }
        for raw in [
            "",
            "mcp.example.com/mcp/",
            "https://a@mcp.example.com/",
            "https://mcp.example.com/?key=1",
            "https://mcp.example.com/#/",
        ] {
            assert!(kept(raw).is_err(), "{raw:?} was taken");
        }
    }
}
