//! `POST /v1/invitations/look-up`

use api::{Body, OrgRoleName, ProblemView, Reply, Visitor, answer};
use axum::extract::State;
use domain::OrgRole;
use domain::invitation::{Invitation, Inviter, LinkStanding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::Opened;

/// A link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenBody {
    /// What stands behind `#token=` in the link.
    token: String,
}

/// What an invitation is about, for whoever has its link.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedView {
    /// What the link is worth: `pending`, `superseded` (a newer one was sent), `accepted`, `revoked`, `expired` or `lapsed`
    /// (who invited may not give that role any more).
    state: &'static str,
    /// The organization's id.
    organization_id: String,
    /// What it is called.
    organization_name: String,
    /// Who is invited.
    email: String,
    /// The inviter's e-mail; a service account has none.
    inviter_email: Option<String>,
    /// What the inviter is called; a person's name may be empty.
    inviter_name: String,
    /// To which role.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// Whether the e-mail has an account, so that it accepts signed in; only while the link can be accepted.
    has_account: Option<bool>,
    /// Until when it can be accepted.
    expires_at: Option<String>,
}

/// Look at an invitation
///
/// Changes nothing, however often: programs that look into mails open links.
#[utoipa::path(post, path = "/v1/invitations/look-up", tag = "Invitations", request_body = TokenBody, security(()),
    responses((status = 200, body = InvitedView),
        (status = 422, description = "Not the token of an invitation", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn look_up(
    State(app): State<App>,
    visitor: Visitor,
    Body(TokenBody { token }): Body<TokenBody>,
) -> Reply {
    let Opened { organization, invitation, granted } = app.open(&token, visitor.actor.origin).await?;
    let (link, now) = (granted.command().link, app.core.now());
    let (standing, has_account) = match invitation.standing_of(link, now) {
        LinkStanding::Pending => {
            let (login, backing) =
                tokio::join!(app.core.store.login(&invitation.email), app.core.store.backing(&granted, &invitation));
            let standing = invitation.standing_with(link, backing?, now);
            (standing, Some(login?.is_some()).filter(|_| standing == LinkStanding::Pending))
        }
        over => (over, None),
    };
    let expires_at = invitation.expires().map(|at| at.to_string());
    let Invitation { email, role, inviter, .. } = invitation;
    let (inviter_email, inviter_name) = match inviter {
        Inviter::Person { email, display_name, .. } => (Some(email.to_string()), display_name.to_string()),
        Inviter::Program { name, .. } => (None, name.to_string()),
    };
    answer::ok(InvitedView {
        state: standing.as_str(),
        organization_id: organization.id.to_string(),
        organization_name: organization.name.to_string(),
        email: email.to_string(),
        inviter_email,
        inviter_name,
        role,
        has_account,
        expires_at,
    })
}
