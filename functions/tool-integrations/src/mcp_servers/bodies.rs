//! What is asked of MCP servers.

use std::collections::BTreeMap;

use domain::id::McpServerId;
use domain::mcp_server::{CreateMcpServer, CredentialHeader, EditMcpServer, HEADERS_MAX, McpUrl};
use domain::name::ItemName;
use domain::{Code, Error, Patch, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use vault::Secret;

use crate::typed::Typed;

/// A new MCP server.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateMcpServerBody {
    /// Its name; the only one among the platform's servers, or the organization's.
    #[schema(value_type = String, min_length = 1, max_length = 120, example = "Tickets")]
    name: ItemName,
    /// Where it is called, over Streamable HTTP: without user, query or fragment.
    #[schema(value_type = String, max_length = 500, example = "https://mcp.example.com/mcp")]
    url: McpUrl,
}

impl CreateMcpServerBody {
    pub(crate) fn command(self) -> CreateMcpServer {
        let Self { name, url } = self;
        CreateMcpServer { name, url }
    }
}

/// A merge patch of an MCP server.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct McpServerPatch {
    /// A new name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, example = "Tickets")]
    #[serde(default)]
    name: Patch<ItemName>,
    /// Another address. With another scheme, host or port its headers are void.
    #[schema(value_type = Option<String>, max_length = 500, example = "https://mcp.example.com/mcp")]
    #[serde(default)]
    url: Patch<McpUrl>,
    /// Whether it may be used, and is looked at.
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    enabled: Patch<bool>,
}

impl McpServerPatch {
    pub(crate) fn command(self, id: McpServerId, version: u64) -> Result<EditMcpServer> {
        let Self { name, url, enabled } = self;
        EditMcpServer::of(id, version, name, url, enabled)
    }
}

/// The headers that a server is called with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct McpCredentialBody {
    /// Their values by their names, 1 to 10; each of 1 to 4,096 visible ASCII characters, and spaces inside. None of the
    /// connection, the content or the protocol.
    #[schema(value_type = BTreeMap<String, String>, example = json!({ "Authorization": "Bearer …" }))]
    headers: BTreeMap<String, Typed>,
}

impl McpCredentialBody {
    /// Names and values, in the order of the names. A refusal names none of them: somebody may have typed one for the other.
    pub(crate) fn fields(self) -> Result<Vec<(CredentialHeader, Secret)>> {
        let refused = |words: &'static str| Error::new(Code::Invalid, words).at("/headers");
        if !(1..=HEADERS_MAX).contains(&self.headers.len()) {
            return Err(refused("must be 1 to 10 headers"));
        }
        let mut fields = BTreeMap::new();
        for (name, value) in self.headers {
            let name = CredentialHeader::try_from(name).map_err(|why| refused(why.0))?;
            if fields.insert(name, value.spaced_secret("/headers")?).is_some() {
                return Err(refused("must not name a header twice"));
            }
        }
        Ok(fields.into_iter().collect())
    }
}
