//! `POST /v1/organizations/{org}/invitations/{id}/resend`, `/revoke`, `/link`

use api::{At, Caller, Keyed, Nothing, OptionalBody, ProblemView, Reply, answer};
use axum::extract::State;
use domain::delivery::DeliveryState;
use domain::id::{InvitationId, OrganizationId};
use domain::invitation::{CopyInvitationLink, ReadInvitation, ResendInvitation, RevokeInvitation};
use serde::Serialize;
use store::{Made, SentInvitation};
use utoipa::ToSchema;

use crate::App;
use crate::invite::inviter;
use crate::views::InvitationView;

/// Send an invitation again
///
/// With a newer link, which works for 7 days from now; the earlier ones are dead. Who sends it again answers for the
/// invitation from then on. At most five mails to an e-mail in any day, those of earlier invitations included.
#[utoipa::path(post, path = "/v1/organizations/{org}/invitations/{id}/resend", tag = "Invitations",
    params(("org" = String, Path), ("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = InvitationView), (status = 409, body = ProblemView), (status = 429, body = ProblemView)))]
pub(crate) async fn resend(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, InvitationId)>,
    Keyed(sent): Keyed,
) -> Reply {
    let (store, now) = (&app.core.store, app.core.now());
    let granted = caller.grant(ResendInvitation { id, inviter: inviter(&caller) }, org)?;
    let told = match store.resend_invitation(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(invitation) => {
            let mail = Some(DeliveryState::Queued { due: now, attempts: 0 });
            SentInvitation { invitation, mail, lapsed: false }
        }
        Made::Before(_) => store.read_invitation(&caller.grant(ReadInvitation { id }, org)?).await?,
    };
    answer::ok_tagged(InvitationView::of(&told, now), told.invitation.version)
}

/// Take an invitation back
///
/// Its link is dead, and the e-mail can be invited anew.
#[utoipa::path(post, path = "/v1/organizations/{org}/invitations/{id}/revoke", tag = "Invitations",
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = InvitationView), (status = 409, body = ProblemView)))]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, InvitationId)>,
    _: OptionalBody<Nothing>,
) -> Reply {
    let granted = caller.grant(RevokeInvitation { id }, org)?;
    let invitation = app.core.store.revoke_invitation(&granted, &mut app.core.mint()).await?;
    let version = invitation.version;
    answer::ok_tagged(
        InvitationView::of(&SentInvitation { invitation, mail: None, lapsed: false }, app.core.now()),
        version,
    )
}

/// The link itself. Shown once; who has it can accept.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkView {
    /// The address that the mail carries too.
    url: String,
    /// Until when it works.
    expires_at: Option<String>,
}

/// Copy the link
///
/// Once, and only who invited: for handing it over by another way than mail.
#[utoipa::path(post, path = "/v1/organizations/{org}/invitations/{id}/link", tag = "Invitations",
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = LinkView), (status = 403, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn copy_link(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, InvitationId)>,
    _: OptionalBody<Nothing>,
) -> Reply {
    let granted = caller.grant(CopyInvitationLink { id }, org)?;
    // The key first: the one time is not spent while Vault is away.
    app.key.get().await?;
    let invitation = app.core.store.copy_invitation_link(&granted, &mut app.core.mint()).await?;
    let url = app.url(org, id, invitation.link).await?;
    answer::ok(LinkView { url, expires_at: invitation.expires().map(|at| at.to_string()) })
}
