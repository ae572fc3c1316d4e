//! `POST /v1/organizations/{org}/invitations`

use std::collections::BTreeMap;

use api::{At, Once, OrgRoleName, Person, ProblemView, Reply, answer};
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
/// The mail names the person who invites, so no service account does. It carries a link that works once, for 7 days. Nobody
/// invites above the own role. Of each e-mail one invitation of
/// an organization is pending at a time.
#[utoipa::path(post, path = "/v1/organizations/{org}/invitations", tag = "Invitations", request_body = InviteBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = InvitationView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn invite(
    State(app): State<App>,
    caller: Person,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<InviteBody>,
) -> Reply {
    let InviteBody { email, role, projects } = asked;
    let inviter = Inviter {
        user: caller.user.id,
        email: caller.user.email.clone(),
        display_name: caller.user.display_name.clone(),
    };
    let granted = caller.grant(Invite { email, role, projects, inviter }, org)?;
    if granted.command().projects.len() > PROJECTS_MAX {
        return Err(Error::new(Code::Invalid, "must be at most 50 projects").at("/projects").into());
    }
    let (store, now) = (&app.core.store, app.core.now());
    let told = match store.invite(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(invitation) => {
            let mail = Some(DeliveryState::Queued { due: now, attempts: 0 });
            SentInvitation { invitation, mail }
        }
        Made::Before(id) => {
            let id = id.parse().map_err(Error::internal)?;
            store.read_invitation(&caller.grant(ReadInvitation { id }, org)?).await?
        }
    };
    let location = format!("/v1/organizations/{org}/invitations/{}", told.invitation.id);
    answer::created(InvitationView::of(&told, now), told.invitation.version, &location)
}
