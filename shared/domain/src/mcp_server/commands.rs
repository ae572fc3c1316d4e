//! What is asked of MCP servers, in the two homes that they have.

use super::McpUrl;
use crate::home::{Rights, take_rights};
use crate::id::McpServerId;
use crate::name::ItemName;
use crate::{Action, Command, OrgScope, PlatformScope};

/// The right to look after MCP servers: that of providers, since the same rules hold.
const MANAGE: Rights = Rights { organization: Action::ManageOwnProviders, platform: Action::ManageGlobalProviders };

/// The right to look at what is due.
const WATCH: Rights = Rights { organization: Action::WatchTools, platform: Action::WatchTools };

take_rights!(MANAGE =>
    CreateMcpServer,
    ReadMcpServers,
    EditMcpServer,
    DeleteMcpServer,
    SetMcpCredential,
    RemoveMcpCredential,
    DiscoverTools,
);
take_rights!(WATCH => WatchMcpServers);

/// `POST …/mcp-servers`
#[derive(Clone, Debug)]
pub struct CreateMcpServer {
    /// Its name.
    pub name: ItemName,
    /// Where it is called.
    pub url: McpUrl,
}

/// `GET …/mcp-servers`, one of them, and its tools.
#[derive(Clone, Copy, Debug)]
pub struct ReadMcpServers;

/// `PATCH …/mcp-servers/{id}`
#[derive(Clone, Debug)]
pub struct EditMcpServer {
    /// Which.
    pub id: McpServerId,
    /// The version that was read.
    pub version: u64,
    /// Another name.
    pub name: Option<ItemName>,
    /// Another address.
    pub url: Option<McpUrl>,
    /// Whether it may be used.
    pub enabled: Option<bool>,
}

/// `DELETE …/mcp-servers/{id}`
#[derive(Clone, Copy, Debug)]
pub struct DeleteMcpServer {
    /// Which.
    pub id: McpServerId,
}

/// `PUT …/mcp-servers/{id}/credential`. The values go to the vault, and are no part of this.
#[derive(Clone, Copy, Debug)]
pub struct SetMcpCredential {
    /// Of which server.
    pub id: McpServerId,
    /// The version of the server that was read: headers are meant for the address that its owner saw.
    pub version: u64,
}

/// `DELETE …/mcp-servers/{id}/credential`
#[derive(Clone, Copy, Debug)]
pub struct RemoveMcpCredential {
    /// Of which server.
    pub id: McpServerId,
}

/// `POST …/mcp-servers/{id}/discover`
#[derive(Clone, Copy, Debug)]
pub struct DiscoverTools {
    /// Of which server.
    pub id: McpServerId,
}

/// Looks at the servers of a home that are due.
#[derive(Clone, Copy, Debug)]
pub struct WatchMcpServers;

/// Finds organizations whose servers may be due.
#[derive(Clone, Copy, Debug)]
pub struct WatchOrganizations;

impl Command for WatchOrganizations {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::WatchTools
    }
}

/// The runtime asks for a server and the headers to call it with, on behalf of an organization.
#[derive(Clone, Copy, Debug)]
pub struct LeaseMcpServer {
    /// Which: the organization's own, or one of the platform's.
    pub id: McpServerId,
}

impl Command for LeaseMcpServer {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::LeaseCredential
    }
}
