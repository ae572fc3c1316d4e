//! MCP servers and OAuth clients as they are asked for.

use serde_json::{Value, json};

use crate::World;
use crate::place::{mcp_server, oauth_client};

/// Whether an operation is about them.
pub(crate) fn are_asked(operation: &str) -> bool {
    operation.contains("/mcp-servers") || operation.contains("/oauth-clients")
}

/// What is sent.
pub(crate) fn body(world: &World, operation: &str) -> Value {
    match operation {
        "POST /v1/organizations/{org}/mcp-servers" | "POST /v1/mcp-servers" => {
            json!({ "name": format!("Server {}", world.number()), "url": "https://mcp.example.com/mcp" })
        }
        "PATCH /v1/organizations/{org}/mcp-servers/{id}" | "PATCH /v1/mcp-servers/{id}" => {
            json!({ "name": format!("Server {}", world.number()) })
        }
        "PUT /v1/organizations/{org}/mcp-servers/{id}/credential" | "PUT /v1/mcp-servers/{id}/credential" => {
            json!({ "headers": { "Authorization": format!("Bearer of-the-contract-{}", world.number()) } })
        }
        "POST /v1/organizations/{org}/oauth-clients" => {
            let name = format!("Client {}", world.number());
            json!({ "name": name, "issuer": "https://login.example.com/acme", "client_id": "portal" })
        }
        "PATCH /v1/organizations/{org}/oauth-clients/{id}" => json!({ "name": format!("Client {}", world.number()) }),
        "PUT /v1/organizations/{org}/oauth-clients/{id}/credential" => {
            json!({ "client_secret": format!("of-the-contract-{}", world.number()) })
        }
        other => panic!("{other} has no valid request in tests/contract/src/tools.rs"),
    }
}

/// What was deleted is made once more.
pub(crate) async fn again(world: &mut World, operation: &str, at: &str) {
    let ops = world.ops.clone();
    match operation {
        "DELETE /v1/organizations/{org}/mcp-servers/{id}" => {
            world.acme.mcp_server = mcp_server(&ops, &format!("{at}/mcp-servers"), &world.tools).await;
        }
        "DELETE /v1/mcp-servers/{id}" => world.mcp_server = mcp_server(&ops, "/v1/mcp-servers", &world.tools).await,
        "DELETE /v1/organizations/{org}/oauth-clients/{id}" => {
            world.acme.oauth_client = oauth_client(&ops, &format!("{at}/oauth-clients")).await;
        }
        _ => {}
    }
}
