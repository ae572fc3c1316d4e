//! `GET /v1/users/{user}/memberships`

use api::{
    At, Caller, OrgRoleName, PageParams, PageView, Params, ProblemView, ProjectRoleName, Reply, StatusName, answer,
};
use axum::extract::State;
use domain::id::{ProjectId, UserId};
use domain::member::{Membership, ProjectGrant};
use domain::organization::{Organization, Status};
use domain::role::Source;
use domain::scope::Platform;
use domain::user::ReadMemberships;
use domain::{OrgRole, ProjectRole};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

/// Somebody's place in an organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserMembershipView {
    /// The organization's id.
    #[schema(example = "org_01JZA000000000000000000000")]
    organization_id: String,
    /// Its name.
    #[schema(example = "Acme")]
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_name: Option<String>,
    /// Where it is in its life.
    #[schema(value_type = Option<StatusName>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_status: Option<Status>,
    /// The role in it.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// Where the role came from: `manual`, `invitation`, `import` or `sso`.
    #[schema(value_type = String, example = "import")]
    source: Source,
    /// Roles in team projects.
    projects: Vec<UserGrantView>,
    /// Since when.
    #[schema(format = "date-time")]
    joined_at: String,
}

/// Somebody's role in a team project.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserGrantView {
    /// The project's id.
    #[schema(example = "prj_01JZA000000000000000000000")]
    project_id: String,
    /// The role.
    #[schema(value_type = ProjectRoleName)]
    role: ProjectRole,
    /// Where it came from.
    #[schema(value_type = String, example = "manual")]
    source: Source,
}

impl From<(Membership, Option<Organization>)> for UserMembershipView {
    fn from((membership, organization): (Membership, Option<Organization>)) -> Self {
        let Membership { organization: id, role, source, projects, joined_at, .. } = membership;
        Self {
            organization_id: id.to_string(),
            organization_name: organization.as_ref().map(|organization| organization.name.to_string()),
            organization_status: organization.map(|organization| organization.state.status()),
            role,
            source,
            projects: projects.into_iter().map(UserGrantView::from).collect(),
            joined_at: joined_at.to_string(),
        }
    }
}

impl From<(ProjectId, ProjectGrant)> for UserGrantView {
    fn from((id, ProjectGrant { role, source }): (ProjectId, ProjectGrant)) -> Self {
        Self { project_id: id.to_string(), role, source }
    }
}

/// List where somebody is a member
///
/// For superadmins, by the organization's id, with every role and where it came from. Each organization that is shown gets a record of it.
#[utoipa::path(get, path = "/v1/users/{user}/memberships", tag = "People",
    params(("user" = String, Path, description = "The person's id", example = "usr_01JZA000000000000000000000"),
        PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<UserMembershipView>),
        (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such person", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(user): At<UserId>,
    Params(page): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ReadMemberships { user }, Platform)?;
    let (cursor, mut mint) = (page.cursor(), app.core.mint());
    let page = app.core.store.list_memberships(&granted, cursor.as_ref(), page.limit(), &mut mint).await?;
    answer::ok(PageView::from(page.map(UserMembershipView::from)))
}
