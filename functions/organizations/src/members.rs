//! `/v1/organizations/{org}/members` and `/v1/organizations/{org}/members/{user}`

use api::{At, Body, Caller, IfMatch, Once, OrgRoleName, PageView, Params, ProblemView, Reply, answer, cursor};
use axum::extract::State;
use domain::id::{OrganizationId, UserId};
use domain::member::{AddMember, ChangeRole, Leave, ListMembers, Person, ReadMember, RemoveMember};
use domain::{Code, Email, Error, OrgRole, Result};
use serde::Deserialize;
use store::Made;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::member_views::MemberView;

/// Which members.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParams {
    /// The beginning of the e-mail, ignoring case.
    email: Option<String>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// List members by e-mail
#[utoipa::path(get, path = "/v1/organizations/{org}/members", tag = "Members", params(("org" = String, Path), ListParams),
    responses((status = 200, body = PageView<MemberView>), (status = 404, body = ProblemView)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<ListParams>,
) -> Reply {
    let (cursor, limit) = cursor(asked.cursor, asked.limit)?;
    let granted = caller.grant(ListMembers { email_prefix: asked.email }, org)?;
    let page = app.core.store.list_members(&granted, cursor.as_ref(), limit).await?;
    answer::ok(PageView::from(page.map(|member| MemberView::to(&caller.actor, &member))))
}

/// Whom to add, by id or by e-mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddBody {
    /// The person's id.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// Or the person's e-mail.
    #[schema(value_type = Option<String>)]
    email: Option<Email>,
    /// In which role.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
}

impl AddBody {
    fn command(self) -> Result<AddMember> {
        let person = match (self.user_id, self.email) {
            (Some(id), None) => Person::Id(id),
            (None, Some(email)) => Person::Email(email),
            _ => {
                return Err(
                    Error::new(Code::Invalid, "name the person by user_id or by email, and not by both").at("/email")
                );
            }
        };
        Ok(AddMember { person, role: self.role })
    }
}

/// Add somebody who has an account
#[utoipa::path(post, path = "/v1/organizations/{org}/members", tag = "Members", request_body = AddBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = MemberView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<AddBody>,
) -> Reply {
    let granted = caller.grant(asked.command()?, org)?;
    let member = match app.core.store.add_member(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(member) => member,
        Made::Before(user) => app.core.store.added_member(&granted, user.parse().map_err(Error::internal)?).await?,
    };
    let location = format!("/v1/organizations/{org}/members/{}", member.user);
    answer::created(MemberView::to(&caller.actor, &member), member.version, &location)
}

/// Read a member
#[utoipa::path(get, path = "/v1/organizations/{org}/members/{user}", tag = "Members", params(("org" = String, Path), ("user" = String, Path)),
    responses((status = 200, body = MemberView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, user)): At<(OrganizationId, UserId)>,
) -> Reply {
    let granted = caller.grant(ReadMember { user }, org)?;
    let shown = app.core.store.members_shown(&granted, vec![caller.named_member()?.clone()]).await?;
    let member = shown.first().ok_or_else(Error::not_found)?;
    answer::ok_tagged(MemberView::to(&caller.actor, member), member.version)
}

/// A new role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberRoleBody {
    /// Which.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
}

/// Change a role
///
/// Effective on the person's next request. Nobody grants above the own role; the last owner stays one.
#[utoipa::path(patch, path = "/v1/organizations/{org}/members/{user}", tag = "Members",
    request_body(content = MemberRoleBody, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("user" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = MemberView), (status = 409, body = ProblemView), (status = 412, body = ProblemView)))]
pub(crate) async fn change_role(
    State(app): State<App>,
    caller: Caller,
    At((org, user)): At<(OrganizationId, UserId)>,
    IfMatch(version): IfMatch,
    Body(MemberRoleBody { role }): Body<MemberRoleBody>,
) -> Reply {
    let granted = caller.grant(ChangeRole { user, role, version }, org)?;
    let member = app.core.store.change_role(&granted, caller.named_member()?, &mut app.core.mint()).await?;
    answer::ok_tagged(MemberView::to(&caller.actor, &member), member.version)
}

/// Remove a member, or leave
///
/// Who names themselves leaves. Grants in projects go with the membership; the last owner can do neither.
#[utoipa::path(delete, path = "/v1/organizations/{org}/members/{user}", tag = "Members", params(("org" = String, Path), ("user" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((org, user)): At<(OrganizationId, UserId)>,
) -> Reply {
    let mut mint = app.core.mint();
    if caller.actor.user() == Some(user) {
        let granted = caller.grant(Leave, org)?;
        app.core.store.leave(&granted, caller.named_member()?, &mut mint).await?;
    } else {
        let granted = caller.grant(RemoveMember { user }, org)?;
        app.core.store.remove_member(&granted, caller.named_member()?, &mut mint).await?;
    }
    answer::no_content()
}
