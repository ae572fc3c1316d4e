//! `POST /v1/mcp-server-leases` and `POST /v1/oauth-client-leases`

use api::{Bearer, Body, Caller, Core, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{McpServerId, OauthClientId, OrganizationId};
use domain::mcp_server::LeaseMcpServer;
use domain::oauth_client::LeaseOauthClient;
use domain::{Result, Timestamp};
use serde::Deserialize;
use store::SecretPlace;
use utoipa::ToSchema;

use crate::App;
use crate::lease::LIFE;
use crate::tool_views::{McpServerLeaseView, OauthClientLeaseView};
use crate::views::WrappedView;

/// A server that is about to be called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct McpServerLeaseBody {
    /// On behalf of which organization.
    #[schema(value_type = String, example = "org_01JZA000000000000000000000")]
    organization_id: OrganizationId,
    /// Which server: the organization's own, or one of the platform's.
    #[schema(value_type = String, example = "mcp_01JZA000000000000000000000")]
    mcp_server_id: McpServerId,
}

/// A client as which access is about to be asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OauthClientLeaseBody {
    /// Of which organization.
    #[schema(value_type = String, example = "org_01JZA000000000000000000000")]
    organization_id: OrganizationId,
    /// Which client.
    #[schema(value_type = String, example = "oac_01JZA000000000000000000000")]
    oauth_client_id: OauthClientId,
}

/// Get what an MCP server is called with
///
/// For service accounts of the platform. The organization's own server, or one of the platform's, that is enabled. The values of its
/// headers are not in the answer: `credential.wrapped_token` is a token of the vault with which they are fetched once, within a
/// minute, by their names. Each lease is recorded before it is answered; asked for again, it is another one.
#[utoipa::path(post, path = "/v1/mcp-server-leases", tag = "MCP servers", request_body = McpServerLeaseBody, responses(
    (status = 200, description = "What it is called with", body = McpServerLeaseView),
    (status = 401, description = "No token that holds", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a service account of the platform, or the organization is not active",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 404, description = "No such organization, or no such server that is enabled", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 422, description = "A value is out of bounds", body = ProblemView, content_type = "application/problem+json"),
    (status = 503, description = "The vault does not answer", body = ProblemView,
        content_type = "application/problem+json", headers(("Retry-After" = u32)))))]
pub(crate) async fn mcp_server(State(app): State<App>, bearer: Bearer, Body(asked): Body<McpServerLeaseBody>) -> Reply {
    let (core, organization) = (&app.core, asked.organization_id);
    let caller = proved(core, bearer, organization).await?;
    let granted = caller.grant(LeaseMcpServer { id: asked.mcp_server_id }, organization)?;
    let leased = caller.in_use(core, core.store.mcp_server_to_lease(&granted)).await?;
    let mut mint = core.mint();
    let credential = app.wrapped_at(leased.secret.as_ref(), mint.now()).await?;
    core.store.record_mcp_server_lease(&granted, &leased, &mut mint).await?;
    answer::ok(McpServerLeaseView::of(leased.what, credential))
}

/// Get what an OAuth client asks for access with
///
/// For service accounts of the platform. The secret is not in the answer: `credential.wrapped_token` is a token of the vault with
/// which it is fetched once, within a minute, as `client_secret`. Each lease is recorded before it is answered.
#[utoipa::path(post, path = "/v1/oauth-client-leases", tag = "OAuth clients", request_body = OauthClientLeaseBody, responses(
    (status = 200, description = "What it asks for access with", body = OauthClientLeaseView),
    (status = 401, description = "No token that holds", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a service account of the platform, or the organization is not active",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 404, description = "No such organization or client", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 422, description = "A value is out of bounds", body = ProblemView, content_type = "application/problem+json"),
    (status = 503, description = "The vault does not answer", body = ProblemView,
        content_type = "application/problem+json", headers(("Retry-After" = u32)))))]
pub(crate) async fn oauth_client(
    State(app): State<App>,
    bearer: Bearer,
    Body(asked): Body<OauthClientLeaseBody>,
) -> Reply {
    let (core, organization) = (&app.core, asked.organization_id);
    let caller = proved(core, bearer, organization).await?;
    let granted = caller.grant(LeaseOauthClient { id: asked.oauth_client_id }, organization)?;
    let leased = caller.in_use(core, core.store.oauth_client_to_lease(&granted)).await?;
    let mut mint = core.mint();
    let credential = app.wrapped_at(leased.secret.as_ref(), mint.now()).await?;
    core.store.record_oauth_client_lease(&granted, &leased, &mut mint).await?;
    answer::ok(OauthClientLeaseView::of(leased.what, credential))
}

/// Who asks, in the organization that the body names.
async fn proved(core: &Core, bearer: Bearer, organization: OrganizationId) -> Result<Caller> {
    let read = async |by| Ok(core.store.identify_program(by, core.now()).await?.map(|program| (program, ())));
    bearer.prove(core, organization, read).await.map(|(caller, _)| caller)
}

impl App {
    /// The way to what lies there; none where nothing does.
    async fn wrapped_at(&self, secret: Option<&SecretPlace>, now: Timestamp) -> Result<Option<WrappedView>> {
        let Some(SecretPlace { path, version }) = secret else { return Ok(None) };
        let wrapped = self.vault.wrap_version(path, *version, LIFE).await?;
        WrappedView::of(&wrapped, *version, self.vault.address(), now).map(Some)
    }
}
