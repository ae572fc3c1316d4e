//! `/v1/organizations/{org}/projects` and `/v1/organizations/{org}/projects/{project}`

use api::{At, Body, Caller, IfMatch, Once, PageParams, PageView, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{OrganizationId, ProjectId};
use domain::name::{Description, ItemName};
use domain::project::{CreateProject, DeleteProject, EditProject, ListProjects, ReadProject};
use domain::settings::ModelId;
use domain::{Code, Error, Patch, Result};
use serde::Deserialize;
use store::Made;
use utoipa::ToSchema;

use crate::App;
use crate::views::ProjectView;

/// The most models that a project's list holds.
const MODELS_MAX: usize = 100;

/// A new team project.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProjectBody {
    /// Its name, unique in the organization.
    #[schema(value_type = String, min_length = 1, max_length = 120)]
    name: ItemName,
    /// What it is for.
    #[schema(value_type = Option<String>, max_length = 2000)]
    #[serde(default)]
    description: Description,
    /// Models that may be used, named by at most 128 visible ASCII characters each; empty = all that the organization has.
    #[schema(value_type = Vec<String>, max_items = 100)]
    #[serde(default)]
    models_allowed: Vec<ModelId>,
    /// The model that is taken where none is named.
    #[schema(value_type = Option<String>)]
    default_model: Option<ModelId>,
}

/// Make a team project
///
/// Who makes it becomes its admin.
#[utoipa::path(post, path = "/v1/organizations/{org}/projects", tag = "Projects", request_body = CreateProjectBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ProjectView), (status = 409, body = ProblemView)))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<CreateProjectBody>,
) -> Reply {
    let CreateProjectBody { name, description, models_allowed, default_model } = asked;
    check(&models_allowed)?;
    let granted = caller.grant(CreateProject { name, description, models_allowed, default_model }, org)?;
    let project = match app.core.store.create_project(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(project) => project,
        Made::Before(id) => app.core.store.created_project(&granted, id.parse().map_err(Error::internal)?).await?,
    };
    let location = format!("/v1/organizations/{org}/projects/{}", project.id);
    answer::created(ProjectView::from(&project), project.version, &location)
}

/// List projects
///
/// An admin of the organization sees all; a member the default project and those with a grant.
#[utoipa::path(get, path = "/v1/organizations/{org}/projects", tag = "Projects", params(("org" = String, Path), PageParams),
    responses((status = 200, body = PageView<ProjectView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ListProjects, org)?;
    let page = app.core.store.list_projects(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    answer::ok(PageView::from(page.map(|project| ProjectView::from(&project))))
}

/// Read a project
#[utoipa::path(get, path = "/v1/organizations/{org}/projects/{project}", tag = "Projects", params(("org" = String, Path), ("project" = String, Path)),
    responses((status = 200, body = ProjectView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, project)): At<(OrganizationId, ProjectId)>,
) -> Reply {
    let granted = caller.grant(ReadProject, (org, project))?;
    let project = app.core.store.read_project(&granted).await?;
    answer::ok_tagged(ProjectView::from(&project), project.version)
}

/// A merge patch of a project.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditProjectBody {
    /// A new name.
    #[schema(value_type = String, min_length = 1, max_length = 120)]
    #[serde(default)]
    name: Patch<ItemName>,
    /// A new description.
    #[schema(value_type = Option<String>, max_length = 2000)]
    #[serde(default)]
    description: Patch<Description>,
    /// A new list of models; `null` allows all.
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    #[serde(default)]
    models_allowed: Patch<Vec<ModelId>>,
    /// A new default model, or none with `null`.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    default_model: Patch<ModelId>,
    /// Take it out of use, or back.
    #[schema(value_type = bool)]
    #[serde(default)]
    archived: Patch<bool>,
}

/// Edit a project
#[utoipa::path(patch, path = "/v1/organizations/{org}/projects/{project}", tag = "Projects",
    request_body(content = EditProjectBody, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("project" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ProjectView), (status = 409, body = ProblemView), (status = 412, body = ProblemView)))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At((org, project)): At<(OrganizationId, ProjectId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<EditProjectBody>,
) -> Reply {
    let EditProjectBody { name, description, models_allowed, default_model, archived } = asked;
    let (name, archived) = (name.unless_cleared("/name")?, archived.unless_cleared("/archived")?);
    if let Patch::Set(models) = &models_allowed {
        check(models)?;
    }
    let command = EditProject { version, name, description, models_allowed, default_model, archived };
    let granted = caller.grant(command, (org, project))?;
    let project = app.core.store.edit_project(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(ProjectView::from(&project), project.version)
}

/// Delete a team project
#[utoipa::path(delete, path = "/v1/organizations/{org}/projects/{project}", tag = "Projects", params(("org" = String, Path), ("project" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    At((org, project)): At<(OrganizationId, ProjectId)>,
) -> Reply {
    let granted = caller.grant(DeleteProject { project }, org)?;
    app.core.store.delete_project(&granted, &mut app.core.mint()).await?;
    answer::no_content()
}

fn check(models: &[ModelId]) -> Result<()> {
    let refused = || Error::new(Code::Invalid, "must be at most 100 models").at("/models_allowed");
    (models.len() <= MODELS_MAX).then_some(()).ok_or_else(refused)
}
