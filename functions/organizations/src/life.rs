//! `POST /v1/organizations/{org}/archive`, `/restore`, `/delete`, `/cancel-deletion`

use api::{At, Body, Caller, Nothing, OptionalBody, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::OrganizationId;
use domain::organization::MoveOrganization;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::views::OrganizationView;

/// The confirmation of a deletion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteBody {
    /// The organization's name, as it is written.
    confirm: String,
}

async fn step(app: &App, caller: &Caller, org: OrganizationId, step: MoveOrganization) -> Reply {
    let granted = caller.grant(step, org)?;
    let moved = app.core.store.move_organization(&granted, caller.organization()?, &mut app.core.mint()).await?;
    answer::ok_tagged(OrganizationView::from(&moved), moved.version)
}

/// Archive an organization
///
/// Nobody but a superadmin gets in, from the next request on; nothing is lost.
#[utoipa::path(post, path = "/v1/organizations/{org}/archive", tag = "Organizations", params(("org" = String, Path)),
    responses((status = 200, body = OrganizationView), (status = 409, body = ProblemView)))]
pub(crate) async fn archive(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    step(&app, &caller, org, MoveOrganization::Archive).await
}

/// Bring an archived organization back
#[utoipa::path(post, path = "/v1/organizations/{org}/restore", tag = "Organizations", params(("org" = String, Path)),
    responses((status = 200, body = OrganizationView), (status = 409, body = ProblemView)))]
pub(crate) async fn restore(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    step(&app, &caller, org, MoveOrganization::Restore).await
}

/// Delete an organization
///
/// Begins 30 days in which it can be taken back; then everything of it is purged, its encryption key last.
#[utoipa::path(post, path = "/v1/organizations/{org}/delete", tag = "Organizations", params(("org" = String, Path)), request_body = DeleteBody,
    responses((status = 200, body = OrganizationView), (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Body(DeleteBody { confirm }): Body<DeleteBody>,
) -> Reply {
    step(&app, &caller, org, MoveOrganization::Delete { confirm }).await
}

/// Call a deletion off
#[utoipa::path(post, path = "/v1/organizations/{org}/cancel-deletion", tag = "Organizations", params(("org" = String, Path)),
    responses((status = 200, body = OrganizationView), (status = 409, body = ProblemView)))]
pub(crate) async fn cancel_deletion(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    step(&app, &caller, org, MoveOrganization::CancelDeletion).await
}
