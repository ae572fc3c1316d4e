//! `/v1/organizations/{org}/projects/{project}/members[/{user}]`

use api::{At, Body, Caller, PageParams, PageView, Params, ProblemView, ProjectRoleName, Reply, answer};
use axum::extract::State;
use domain::ProjectRole;
use domain::id::{OrganizationId, ProjectId, UserId};
use domain::member::Membership;
use domain::project::{ListProjectMembers, RemoveProjectMember, SetProjectMember};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::member_views::ProjectMemberView;

/// List who has a role in a project
///
/// In the default project that is everybody of the organization, by organization role. A page may be empty and yet have
/// a next one where few of very many members have a role.
#[utoipa::path(get, path = "/v1/organizations/{org}/projects/{project}/members", tag = "Projects",
    params(("org" = String, Path), ("project" = String, Path), PageParams),
    responses((status = 200, body = PageView<ProjectMemberView>), (status = 404, body = ProblemView)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At((org, project)): At<(OrganizationId, ProjectId)>,
    Params(asked): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ListProjectMembers, (org, project))?;
    let page = app.core.store.list_project_members(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    answer::ok(PageView::from(page.map(|member| view(&member, project))))
}

/// A role in a project.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectRoleBody {
    /// Which.
    #[schema(value_type = ProjectRoleName)]
    role: ProjectRole,
}

/// Give somebody of the organization a role in a team project
#[utoipa::path(put, path = "/v1/organizations/{org}/projects/{project}/members/{user}", tag = "Projects", request_body = ProjectRoleBody,
    params(("org" = String, Path), ("project" = String, Path), ("user" = String, Path)),
    responses((status = 200, body = ProjectMemberView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn set(
    State(app): State<App>,
    caller: Caller,
    At((org, project, user)): At<(OrganizationId, ProjectId, UserId)>,
    Body(ProjectRoleBody { role }): Body<ProjectRoleBody>,
) -> Reply {
    let granted = caller.grant(SetProjectMember { user, role }, (org, project))?;
    let member = app.core.store.set_project_member(&granted, caller.named_member()?, &mut app.core.mint()).await?;
    answer::ok(view(&member, project))
}

/// Take somebody's role in a team project away
#[utoipa::path(delete, path = "/v1/organizations/{org}/projects/{project}/members/{user}", tag = "Projects",
    params(("org" = String, Path), ("project" = String, Path), ("user" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemView)))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((org, project, user)): At<(OrganizationId, ProjectId, UserId)>,
) -> Reply {
    let granted = caller.grant(RemoveProjectMember { user }, (org, project))?;
    app.core.store.remove_project_member(&granted, caller.named_member()?, &mut app.core.mint()).await?;
    answer::no_content()
}

fn view(member: &Membership, project: ProjectId) -> ProjectMemberView {
    match member.projects.get(&project) {
        Some(grant) => ProjectMemberView::of(member, grant.role, Some(grant.source)),
        None => ProjectMemberView::of(member, member.role.in_default_project(), None),
    }
}
