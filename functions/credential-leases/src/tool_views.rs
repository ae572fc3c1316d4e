//! What tools are called with, as the runtime is told.

use domain::mcp_server::{McpServer, Seen};
use domain::oauth_client::{AuthorizationServer, OauthClient, RedirectUri, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::WrappedView;

/// What an MCP server is called with.
#[derive(Serialize, ToSchema)]
pub(crate) struct McpServerLeaseView {
    /// Which server.
    #[schema(example = "mcp_01JZA000000000000000000000")]
    mcp_server_id: String,
    /// Its name.
    #[schema(example = "Tickets")]
    name: String,
    /// Where it is called, over Streamable HTTP.
    #[schema(example = "https://mcp.example.com/mcp")]
    url: String,
    /// The revision of the protocol that it was last spoken to in, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-11-25")]
    protocol_version: Option<String>,
    /// Another one = its tools are others than before: who has approved them asks again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5be1a0c24f3d77815be1a0c24f3d7781")]
    tools_digest: Option<String>,
    /// The way to its headers; absent where it is called without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<WrappedView>,
}

impl McpServerLeaseView {
    pub(crate) fn of(server: McpServer, credential: Option<WrappedView>) -> Self {
        let McpServer { id, name, url, seen, .. } = server;
        let (protocol_version, tools) = seen.map(|Seen { protocol, tools, .. }| (protocol, tools)).unwrap_or_default();
        Self {
            mcp_server_id: id.to_string(),
            name: name.to_string(),
            url: url.to_string(),
            protocol_version,
            tools_digest: tools.map(|tools| tools.digest),
            credential,
        }
    }
}

/// What an OAuth client asks for access with.
#[derive(Serialize, ToSchema)]
pub(crate) struct OauthClientLeaseView {
    /// Which client.
    #[schema(example = "oac_01JZA000000000000000000000")]
    oauth_client_id: String,
    /// Its name.
    #[schema(example = "Drive")]
    name: String,
    /// Who gives access; absent where both endpoints are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://login.example.com/acme")]
    issuer: Option<String>,
    /// Where people grant access; absent where an issuer tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<String>,
    /// Where tokens are given; absent where an issuer tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    /// As whom it is known there.
    #[schema(example = "portal")]
    client_id: String,
    /// What it asks for.
    #[schema(example = json!(["files.read"]))]
    scopes: Vec<String>,
    /// Where people may be sent back to.
    #[schema(example = json!(["https://hub.example.com/oauth/callback"]))]
    redirect_uris: Vec<String>,
    /// The way to its secret; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<WrappedView>,
}

impl OauthClientLeaseView {
    pub(crate) fn of(client: OauthClient, credential: Option<WrappedView>) -> Self {
        let OauthClient { id, name, server, client_id, scopes, redirect_uris, .. } = client;
        let (issuer, endpoints) = match server {
            AuthorizationServer::Issuer { issuer } => (Some(issuer.to_string()), None),
            AuthorizationServer::Endpoints { authorization_endpoint, token_endpoint } => {
                (None, Some((authorization_endpoint.to_string(), token_endpoint.to_string())))
            }
        };
        let (authorization_endpoint, token_endpoint) = endpoints.unzip();
        Self {
            oauth_client_id: id.to_string(),
            name: name.to_string(),
            issuer,
            authorization_endpoint,
            token_endpoint,
            client_id: client_id.into(),
            scopes: scopes.into_iter().map(Scope::into).collect(),
            redirect_uris: redirect_uris.into_iter().map(RedirectUri::into).collect(),
            credential,
        }
    }
}
