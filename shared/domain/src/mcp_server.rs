//! MCP servers: where agents find tools. An organization's own and the platform's, what they offer, and whether they answer.

use serde::{Deserialize, Serialize};

use crate::id::McpServerId;
use crate::name::ItemName;
use crate::{Error, Patch, Result, Timestamp};

mod changes;
mod commands;
mod header;
mod look;
mod tool;
mod tool_text;
mod url;

pub use changes::tool_changes;
pub use commands::{
    CreateMcpServer, DeleteMcpServer, DiscoverTools, EditMcpServer, LeaseMcpServer, ReadMcpServers,
    RemoveMcpCredential, SetMcpCredential, WatchMcpServers, WatchOrganizations,
};
pub use header::{CredentialHeader, HEADERS_MAX, HeaderCredential};
pub use look::{Found, Look, Reachability, Seen, ToolsSeen, Unreachable};
pub use tool::{Annotations, TOOLS_MAX, Tool, ToolList, ToolName};
pub use url::McpUrl;

/// An MCP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct McpServer {
    /// Its id.
    pub id: McpServerId,
    /// Its name.
    pub name: ItemName,
    /// Where it is called.
    pub url: McpUrl,
    /// Whether it may be used, and is looked at.
    pub enabled: bool,
    /// What is known of the headers that it is called with; their values are in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<HeaderCredential>,
    /// What came of the last look; none = nobody has looked yet at this address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed last; a look is no change.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

impl McpServer {
    /// Whether the schedule is to look at it.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.enabled && self.seen.as_ref().is_none_or(|seen| seen.next_at <= now)
    }

    /// Whether what was found there holds for this as well: the same address, asked with the same headers.
    #[must_use]
    pub fn is_asked_like(&self, other: &Self) -> bool {
        let version = |server: &Self| server.credential.as_ref().map(|held| held.credential.version);
        self.url == other.url && version(self) == version(other)
    }
}

impl CreateMcpServer {
    /// The new server.
    #[must_use]
    pub fn made(&self, id: McpServerId, created_by: String, at: Timestamp) -> McpServer {
        McpServer {
            id,
            name: self.name.clone(),
            url: self.url.clone(),
            enabled: true,
            credential: None,
            seen: None,
            created_at: at,
            created_by,
            updated_at: at,
            version: 1,
        }
    }
}

impl EditMcpServer {
    /// The server with the change. Its headers go where another scheme, host or port would get them; what was seen at another
    /// address was not seen at this one.
    #[must_use]
    pub fn apply(&self, before: &McpServer, at: Timestamp) -> McpServer {
        let url = self.url.clone().unwrap_or_else(|| before.url.clone());
        let (same_origin, same_url) = (url.origin() == before.url.origin(), url == before.url);
        McpServer {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            enabled: self.enabled.unwrap_or(before.enabled),
            credential: before.credential.clone().filter(|_| same_origin),
            seen: before.seen.clone().filter(|_| same_url),
            url,
            updated_at: at,
            version: before.version + 1,
            ..before.clone()
        }
    }
}

impl EditMcpServer {
    /// A patch as it came; `null` has no meaning for any of its fields.
    ///
    /// # Errors
    /// [`crate::Code::Invalid`] for `null`.
    pub fn of(
        id: McpServerId,
        version: u64,
        name: Patch<ItemName>,
        url: Patch<McpUrl>,
        enabled: Patch<bool>,
    ) -> Result<Self, Error> {
        Ok(Self {
            id,
            version,
            name: name.unless_cleared("/name")?,
            url: url.unless_cleared("/url")?,
            enabled: enabled.unless_cleared("/enabled")?,
        })
    }
}

#[cfg(test)]
#[path = "mcp_server/mcp_server_tests.rs"]
mod tests;
