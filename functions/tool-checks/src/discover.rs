//! `POST …/mcp-servers/{id}/discover`

use api::{At, Caller, Nothing, OptionalBody, ProblemView, Reply, answer};
use axum::extract::State;
use domain::home::{Home, InHome};
use domain::id::{McpServerId, OrganizationId};
use domain::mcp_server::DiscoverTools;
use domain::scope::Platform;
use domain::{OrgScope, PlatformScope};
use store::mcp_credential_path;

use crate::App;
use crate::views::DiscoveryView;

/// Ask an MCP server of the platform for its tools
///
/// For superadmins. Over Streamable HTTP with the stored headers, 20 s at most, enabled or not. What it offers is kept, and what
/// of that is others than before is recorded.
#[utoipa::path(post, path = "/v1/mcp-servers/{id}/discover", tag = "Platform MCP servers",
    params(("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "What came of it", body = DiscoveryView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such server", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn of_platform(
    State(app): State<App>,
    caller: Caller,
    At(id): At<McpServerId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    discover::<PlatformScope>(&app, &caller, Platform, id).await
}

/// Ask an MCP server for its tools
///
/// For owners. Over Streamable HTTP with the stored headers, 20 s at most, enabled or not. What it offers is kept, and what of
/// that is others than before is recorded.
#[utoipa::path(post, path = "/v1/organizations/{org}/mcp-servers/{id}/discover", tag = "MCP servers",
    params(("org" = String, Path),
        ("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "What came of it", body = DiscoveryView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such organization or server", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn of_organization(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, McpServerId)>,
    _: OptionalBody<Nothing>,
) -> Reply {
    discover::<OrgScope>(&app, &caller, org, id).await
}

async fn discover<H: Home>(app: &App, caller: &Caller, at: H::At, id: McpServerId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(DiscoverTools { id }), at)?;
    let server = app.core.store.read_mcp_server(&granted, id).await?;
    let path = mcp_credential_path(granted.scope(), id);
    let look = mcp::look(&app.vault, &app.outbound, &path, &server).await?;
    app.core.store.record_discovery(&granted, &server, &look, &mut app.core.mint()).await?;
    answer::ok(DiscoveryView::from(look))
}
