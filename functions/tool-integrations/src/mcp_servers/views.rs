//! What answers show of MCP servers.

use domain::mcp_server::{HeaderCredential, McpServer, Reachability, Seen, ToolsSeen, Unreachable};
use serde::Serialize;
use utoipa::ToSchema;

use crate::credential::ToolCredentialView;

/// An MCP server.
#[derive(Serialize, ToSchema)]
pub(crate) struct McpServerView {
    /// Its id.
    #[schema(example = "mcp_01JZA000000000000000000000")]
    id: String,
    /// Its name.
    #[schema(example = "Tickets")]
    name: String,
    /// Where it is called.
    #[schema(example = "https://mcp.example.com/mcp")]
    url: String,
    /// Whether it may be used, and is looked at.
    enabled: bool,
    /// The names of the headers that it is called with, in lower case.
    #[schema(example = json!(["authorization"]))]
    headers: Vec<String>,
    /// What may be known of their values, all together; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<ToolCredentialView>,
    /// What came of the last look at it; absent = nobody has looked yet at this address.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<SeenView>,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    created_by: String,
    /// When it was changed last; a look is no change.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

/// What came of looks at an MCP server.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeenView {
    /// Whether it answered.
    reachable: bool,
    /// Since when it does, or does not.
    #[schema(format = "date-time")]
    since: String,
    /// Why not: `credential-unusable`; as the server says `credential-refused`, `forbidden`, `rate-limited`, `not-mcp`,
    /// `protocol-unsupported`, `unavailable`; or why it was not reached: `name-not-found`, `not-public`, `not-secure`, `port`,
    /// `refused`, `tls-name`, `tls-expired`, `tls-untrusted`, `tls-handshake`, `cut-off`, `late`, `too-large`, `redirected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "late")]
    why: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "the server did not answer in time")]
    detail: Option<String>,
    /// When somebody looked last.
    #[schema(format = "date-time")]
    looked_at: String,
    /// When the schedule looks again, if it is enabled.
    #[schema(format = "date-time")]
    next_look_at: String,
    /// The revision of the protocol that it was last spoken to in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-11-25")]
    protocol_version: Option<String>,
    /// How many tools of it are known, from the last look that brought them; absent = none was ever found.
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<u32>,
    /// Since when they are these.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    tools_since: Option<String>,
}

impl From<&McpServer> for McpServerView {
    fn from(server: &McpServer) -> Self {
        let McpServer { id, name, url, enabled, credential, seen, created_at, created_by, updated_at, version } =
            server;
        let names = |held: &HeaderCredential| held.headers.iter().map(ToString::to_string).collect();
        Self {
            id: id.to_string(),
            name: name.to_string(),
            url: url.to_string(),
            enabled: *enabled,
            headers: credential.as_ref().map(names).unwrap_or_default(),
            credential: credential.as_ref().map(|held| ToolCredentialView::from(&held.credential)),
            seen: seen.as_ref().map(SeenView::from),
            created_at: created_at.to_string(),
            created_by: created_by.clone(),
            updated_at: updated_at.to_string(),
            version: *version,
        }
    }
}

impl From<&Seen> for SeenView {
    fn from(seen: &Seen) -> Self {
        let Seen { reachability, since, looked_at, next_at, failures: _, looks: _, protocol, tools } = seen;
        let why = match reachability {
            Reachability::Reachable => None,
            Reachability::Unreachable { why } => Some(*why),
        };
        let since_when = |tools: &ToolsSeen| tools.since.to_string();
        Self {
            reachable: why.is_none(),
            since: since.to_string(),
            why: why.map(Unreachable::slug),
            detail: why.map(|why| why.to_string()),
            looked_at: looked_at.to_string(),
            next_look_at: next_at.to_string(),
            protocol_version: protocol.clone(),
            tools: tools.as_ref().map(|tools| tools.count),
            tools_since: tools.as_ref().map(since_when),
        }
    }
}
