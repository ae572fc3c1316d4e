//! `GET /v1/organizations/{org}/invitations` and `GET /v1/organizations/{org}/invitations/{id}`

use api::{At, Caller, PageParams, PageView, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{InvitationId, OrganizationId};
use domain::invitation::{ListInvitations, ReadInvitation};

use crate::App;
use crate::views::InvitationView;

/// List invitations, newest first
#[utoipa::path(get, path = "/v1/organizations/{org}/invitations", tag = "Invitations",
    params(("org" = String, Path), PageParams),
    responses((status = 200, body = PageView<InvitationView>), (status = 404, body = ProblemView)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ListInvitations, org)?;
    let page = app.core.store.list_invitations(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    let now = app.core.now();
    answer::ok(PageView::from(page.map(|told| InvitationView::of(&told, now))))
}

/// Read an invitation
#[utoipa::path(get, path = "/v1/organizations/{org}/invitations/{id}", tag = "Invitations",
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = InvitationView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, InvitationId)>,
) -> Reply {
    let granted = caller.grant(ReadInvitation { id }, org)?;
    let told = app.core.store.read_invitation(&granted).await?;
    answer::ok_tagged(InvitationView::of(&told, app.core.now()), told.invitation.version)
}
