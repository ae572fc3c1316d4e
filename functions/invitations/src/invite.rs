//! `POST /v1/organizations/{org}/invitations`

use std::collections::BTreeMap;

use api::{At, Caller, Identity, Once, OrgRoleName, ProblemView, Reply, answer};
use axum::extract::State;
use domain::delivery::DeliveryState;
use domain::id::{OrganizationId, ProjectId};
use domain::invitation::{Invite, Inviter, PROJECTS_MAX, ReadInvitation};
use domain::{Code, Email, Error, OrgRole, ProjectRole};
use serde::Deserialize;
use store::{Made, SentInvitation};
use utoipa::ToSchema;

use crate::App;
use crate::views::InvitationView;

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteBody {
    /// Where the link is mailed to; who accepts has this e-mail.
    #[schema(value_type = String)]
    email: Email,
    /// The role in the organization.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// Roles in team projects of the organization, by the project's id: `admin`, `builder`, `operator` or `viewer`; at
    /// most 50.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    projects: BTreeMap<ProjectId, ProjectRole>,
}

/// Invite somebody by mail
///
/// The mail names who invites, a person or a service account, and carries a link that works once, for 7 days. Nobody invites
/// above the own role, and the link is worth nothing while who invited may not give that role. Of each e-mail one invitation
/// of an organization is pending at a time, and five mails go to it in any day.
#[utoipa::path(post, path = "/v1/organizations/{org}/invitations", tag = "Invitations", request_body = InviteBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = InvitationView), (status = 404, body = ProblemView), (status = 409, body = ProblemView),
        (status = 429, body = ProblemView)))]
pub(crate) async fn invite(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<InviteBody>,
) -> Reply {
    let InviteBody { email, role, projects } = asked;
    let inviter = inviter(&caller);
    let granted = caller.grant(Invite { email, role, projects, inviter }, org)?;
    if granted.command().projects.len() > PROJECTS_MAX {
        return Err(Error::new(Code::Invalid, "must be at most 50 projects").at("/projects").into());
    }
    let (store, now) = (&app.core.store, app.core.now());
    let told = match store.invite(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(invitation) => {
            let mail = Some(DeliveryState::Queued { due: now, attempts: 0 });
            SentInvitation { invitation, mail, lapsed: false }
        }
        Made::Before(id) => {
            let id = id.parse().map_err(Error::internal)?;
            store.read_invitation(&caller.grant(ReadInvitation { id }, org)?).await?
        }
    };
    let location = format!("/v1/organizations/{org}/invitations/{}", told.invitation.id);
    answer::created(InvitationView::of(&told, now), told.invitation.version, &location)
}

/// Who answers for what this caller invites to.
pub(crate) fn inviter(caller: &Caller) -> Inviter {
    match caller.identity.as_ref() {
        Identity::Person { user, .. } => {
            Inviter::Person { user: user.id, email: user.email.clone(), display_name: user.display_name.clone() }
        }
        Identity::Program { account, .. } => {
            Inviter::Program { service_account: account.id, name: account.name.clone() }
        }
    }
}
