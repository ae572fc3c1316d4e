//! Keys of tool integrations: the platform's in its own table, an organization's in that of the tenant.

use domain::id::{McpServerId, OauthClientId, OrganizationId};

use super::{Key, key, short};

pub(crate) const MCP_PREFIX: &str = "MCP#";
pub(crate) const OAUTH_PREFIX: &str = "OAC#";

pub(crate) fn mcp_servers(home: Option<OrganizationId>) -> String {
    home.map_or_else(|| "MCP-SERVERS".to_owned(), |organization| format!("{organization}#MCP-SERVERS"))
}

pub(crate) fn mcp_server(home: Option<OrganizationId>, id: McpServerId) -> Key {
    key(mcp_servers(home), format!("{MCP_PREFIX}{id}"))
}

/// What the server offers, beside it: it is large and seldom read.
pub(crate) fn tools(home: Option<OrganizationId>, id: McpServerId) -> Key {
    key(mcp_servers(home), format!("TOOLS#{id}"))
}

/// A name that one server of the home has.
pub(crate) fn mcp_server_name(home: Option<OrganizationId>, folded: &str) -> Key {
    key(mcp_servers(home), format!("NAME#{}", short(folded)))
}

pub(crate) fn oauth_clients(organization: OrganizationId) -> String {
    format!("{organization}#OAUTH-CLIENTS")
}

pub(crate) fn oauth_client(organization: OrganizationId, id: OauthClientId) -> Key {
    key(oauth_clients(organization), format!("{OAUTH_PREFIX}{id}"))
}

/// A name that one client of the organization has.
pub(crate) fn oauth_client_name(organization: OrganizationId, folded: &str) -> Key {
    key(oauth_clients(organization), format!("NAME#{}", short(folded)))
}

/// Where the watch over servers goes on, in the platform's table.
pub(crate) fn watch_turn() -> Key {
    key("SWEEP#tool-watch", "TURN")
}
