//! `/v1/organizations/{org}/mcp-servers[/{id}[/tools|/credential]]`

use api::{At, Body, Caller, IfMatch, Once, PageParams, PageView, Params, ProblemView, Reply, Routes};
use axum::extract::State;
use domain::OrgScope;
use domain::id::{McpServerId, OrganizationId};
use http::Method;

use super::bodies::{CreateMcpServerBody, McpCredentialBody, McpServerPatch};
use super::tools::ToolsView;
use super::verbs;
use super::views::McpServerView;
use crate::App;

pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    let (all, one) = ("/v1/organizations/{org}/mcp-servers", "/v1/organizations/{org}/mcp-servers/{id}");
    let credential = "/v1/organizations/{org}/mcp-servers/{id}/credential";
    routes
        .search(Method::GET, all, list)
        .route(Method::POST, all, create)
        .route(Method::GET, one, read)
        .route(Method::PATCH, one, edit)
        .route(Method::DELETE, one, delete)
        .route(Method::GET, "/v1/organizations/{org}/mcp-servers/{id}/tools", tools)
        .route(Method::PUT, credential, set_credential)
        .route(Method::DELETE, credential, remove_credential)
}

/// List MCP servers
///
/// For owners. Oldest first, each with what came of the last look at it.
#[utoipa::path(get, path = "/v1/organizations/{org}/mcp-servers", tag = "MCP servers",
    params(("org" = String, Path), PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<McpServerView>),
        (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(page): Params<PageParams>,
) -> Reply {
    verbs::list::<OrgScope>(&app, &caller, org, &page).await
}

/// Make an MCP server
///
/// For owners. It has no headers yet, and nobody has looked at it.
#[utoipa::path(post, path = "/v1/organizations/{org}/mcp-servers", tag = "MCP servers", request_body = CreateMcpServerBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Made", body = McpServerView,
            headers(("ETag" = String), ("Location" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "The organization is not active, or another server has that name", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or the key was used for another request", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<CreateMcpServerBody>,
) -> Reply {
    verbs::create::<OrgScope>(
        &app,
        &caller,
        org,
        asked.command(),
        sent.as_ref(),
        &format!("/v1/organizations/{org}/mcp-servers"),
    )
    .await
}

/// Read an MCP server
///
/// For owners. Of its headers the names, a mask and a fingerprint, never a value.
#[utoipa::path(get, path = "/v1/organizations/{org}/mcp-servers/{id}", tag = "MCP servers",
    params(("org" = String, Path), ("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The server", body = McpServerView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or server", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, McpServerId)>,
) -> Reply {
    verbs::read::<OrgScope>(&app, &caller, org, id).await
}

/// Edit an MCP server
///
/// For owners. At another scheme, host or port its headers are void: they go nowhere but where they were meant to. What was seen at
/// another address is forgotten.
#[utoipa::path(patch, path = "/v1/organizations/{org}/mcp-servers/{id}", tag = "MCP servers", request_body(content = McpServerPatch, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With its changes", body = McpServerView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or server", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Another server has that name", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, McpServerId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<McpServerPatch>,
) -> Reply {
    verbs::edit::<OrgScope>(&app, &caller, org, asked.command(id, version)?).await
}

/// Delete an MCP server
///
/// For owners. Its headers go with it.
#[utoipa::path(delete, path = "/v1/organizations/{org}/mcp-servers/{id}", tag = "MCP servers",
    params(("org" = String, Path), ("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or server", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, McpServerId)>,
) -> Reply {
    verbs::delete::<OrgScope>(&app, &caller, org, id).await
}

/// Read the tools of an MCP server
///
/// For owners. As the last look found them that found any; `POST …/discover` looks now. The words are the server's own: whoever shows
/// them to people or models shows a stranger's text.
#[utoipa::path(get, path = "/v1/organizations/{org}/mcp-servers/{id}/tools", tag = "MCP servers",
    params(("org" = String, Path), ("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "What it offers", body = ToolsView),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or server", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn tools(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, McpServerId)>,
) -> Reply {
    verbs::tools::<OrgScope>(&app, &caller, org, id).await
}

/// Store the headers of an MCP server
///
/// For owners. They go to the vault, and their values are shown by no route. `If-Match` says for which address they are meant.
#[utoipa::path(put, path = "/v1/organizations/{org}/mcp-servers/{id}/credential", tag = "MCP servers", request_body = McpCredentialBody,
    params(("org" = String, Path), ("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With what may be known of them", body = McpServerView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or server", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Somebody else stores some at this moment", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A header is none that may be given, or a value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn set_credential(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, McpServerId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<McpCredentialBody>,
) -> Reply {
    verbs::set_credential::<OrgScope>(&app, &caller, org, (id, version), asked).await
}

/// Remove the headers of an MCP server
///
/// For owners. It is called without any from here on. Without any nothing happens.
#[utoipa::path(delete, path = "/v1/organizations/{org}/mcp-servers/{id}/credential", tag = "MCP servers",
    params(("org" = String, Path), ("id" = String, Path, description = "The server's id", example = "mcp_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "It has none"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or server", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn remove_credential(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, McpServerId)>,
) -> Reply {
    verbs::remove_credential::<OrgScope>(&app, &caller, org, id).await
}
