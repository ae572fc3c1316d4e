//! `/v1/organizations/{org}/projects/{project}/use-cases[/{id}]` and the same for agents

use api::{At, Body, Caller, IfMatch, Once, PageParams, PageView, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{Agent, Id, Kind, OrganizationId, ProjectId, UseCase};
use domain::name::ItemName;
use domain::project::{EditRegistered, ReadRegistered, Register};
use domain::{Error, Patch, Result};
use serde::Deserialize;
use store::{Idempotency, Made, RegisteredKind};
use utoipa::ToSchema;

use crate::App;
use crate::views::RegisteredView;

/// A use case or an agent to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterBody {
    /// Its name.
    #[schema(value_type = String, min_length = 1, max_length = 120)]
    name: ItemName,
}

/// A merge patch of a use case or an agent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditRegisteredBody {
    /// A new name.
    #[schema(value_type = String, min_length = 1, max_length = 120)]
    #[serde(default)]
    name: Patch<ItemName>,
    /// Take it out of use, or back; it keeps its name in history.
    #[schema(value_type = bool)]
    #[serde(default)]
    archived: Patch<bool>,
}

impl EditRegisteredBody {
    fn command(self, version: u64) -> Result<EditRegistered> {
        let Self { name, archived } = self;
        let (name, archived) = (name.unless_cleared("/name")?, archived.unless_cleared("/archived")?);
        Ok(EditRegistered { version, name, archived })
    }
}

/// The path to a project.
type InProject = At<(OrganizationId, ProjectId)>;
/// The path to something in a project.
type One<K> = At<(OrganizationId, ProjectId, Id<K>)>;

async fn register<K: RegisteredKind>(
    app: &App,
    caller: &Caller,
    at: (OrganizationId, ProjectId),
    name: ItemName,
    sent: Option<Idempotency>,
) -> Reply {
    let granted = caller.grant(Register { name }, at)?;
    let registered = match app.core.store.register::<K>(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(registered) => registered,
        Made::Before(id) => {
            app.core.store.registered_before::<K>(&granted, id.parse().map_err(Error::internal)?).await?
        }
    };
    let (org, project) = at;
    let location = format!("/v1/organizations/{org}/projects/{project}/{}s/{}", K::TARGET, registered.id);
    answer::created(RegisteredView::from(&registered), registered.version, &location)
}

async fn list<K: RegisteredKind>(
    app: &App,
    caller: &Caller,
    at: (OrganizationId, ProjectId),
    asked: &PageParams,
) -> Reply {
    let granted = caller.grant(ReadRegistered, at)?;
    let page = app.core.store.list_registered::<K>(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    answer::ok(PageView::from(page.map(|registered| RegisteredView::from(&registered))))
}

async fn read<K: RegisteredKind>(
    app: &App,
    caller: &Caller,
    (org, project, id): (OrganizationId, ProjectId, Id<K>),
) -> Reply {
    let granted = caller.grant(ReadRegistered, (org, project))?;
    let registered = app.core.store.read_registered(&granted, id).await?;
    answer::ok_tagged(RegisteredView::from(&registered), registered.version)
}

async fn edit<K: RegisteredKind + Kind>(
    app: &App,
    caller: &Caller,
    (org, project, id): (OrganizationId, ProjectId, Id<K>),
    command: Result<EditRegistered>,
) -> Reply {
    let granted = caller.grant(command?, (org, project))?;
    let registered = app.core.store.edit_registered(&granted, id, &mut app.core.mint()).await?;
    answer::ok_tagged(RegisteredView::from(&registered), registered.version)
}

/// Register a use case
#[utoipa::path(post, path = "/v1/organizations/{org}/projects/{project}/use-cases", tag = "Use cases and agents", request_body = RegisterBody,
    params(("org" = String, Path), ("project" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = RegisteredView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn register_use_case(
    State(app): State<App>,
    caller: Caller,
    At(at): InProject,
    Once(asked, sent): Once<RegisterBody>,
) -> Reply {
    register::<UseCase>(&app, &caller, at, asked.name, sent).await
}

/// List the use cases of a project
#[utoipa::path(get, path = "/v1/organizations/{org}/projects/{project}/use-cases", tag = "Use cases and agents",
    params(("org" = String, Path), ("project" = String, Path), PageParams),
    responses((status = 200, body = PageView<RegisteredView>), (status = 404, body = ProblemView)))]
pub(crate) async fn list_use_cases(
    State(app): State<App>,
    caller: Caller,
    At(at): InProject,
    Params(asked): Params<PageParams>,
) -> Reply {
    list::<UseCase>(&app, &caller, at, &asked).await
}

/// Read a use case
#[utoipa::path(get, path = "/v1/organizations/{org}/projects/{project}/use-cases/{id}", tag = "Use cases and agents",
    params(("org" = String, Path), ("project" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = RegisteredView), (status = 404, body = ProblemView)))]
pub(crate) async fn read_use_case(State(app): State<App>, caller: Caller, At(at): One<UseCase>) -> Reply {
    read(&app, &caller, at).await
}

/// Edit a use case
#[utoipa::path(patch, path = "/v1/organizations/{org}/projects/{project}/use-cases/{id}", tag = "Use cases and agents",
    request_body(content = EditRegisteredBody, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("project" = String, Path), ("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = RegisteredView), (status = 404, body = ProblemView), (status = 412, body = ProblemView)))]
pub(crate) async fn edit_use_case(
    State(app): State<App>,
    caller: Caller,
    At(at): One<UseCase>,
    IfMatch(version): IfMatch,
    Body(asked): Body<EditRegisteredBody>,
) -> Reply {
    edit(&app, &caller, at, asked.command(version)).await
}

/// Register an agent
#[utoipa::path(post, path = "/v1/organizations/{org}/projects/{project}/agents", tag = "Use cases and agents", request_body = RegisterBody,
    params(("org" = String, Path), ("project" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = RegisteredView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn register_agent(
    State(app): State<App>,
    caller: Caller,
    At(at): InProject,
    Once(asked, sent): Once<RegisterBody>,
) -> Reply {
    register::<Agent>(&app, &caller, at, asked.name, sent).await
}

/// List the agents of a project
#[utoipa::path(get, path = "/v1/organizations/{org}/projects/{project}/agents", tag = "Use cases and agents",
    params(("org" = String, Path), ("project" = String, Path), PageParams),
    responses((status = 200, body = PageView<RegisteredView>), (status = 404, body = ProblemView)))]
pub(crate) async fn list_agents(
    State(app): State<App>,
    caller: Caller,
    At(at): InProject,
    Params(asked): Params<PageParams>,
) -> Reply {
    list::<Agent>(&app, &caller, at, &asked).await
}

/// Read an agent
#[utoipa::path(get, path = "/v1/organizations/{org}/projects/{project}/agents/{id}", tag = "Use cases and agents",
    params(("org" = String, Path), ("project" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = RegisteredView), (status = 404, body = ProblemView)))]
pub(crate) async fn read_agent(State(app): State<App>, caller: Caller, At(at): One<Agent>) -> Reply {
    read(&app, &caller, at).await
}

/// Edit an agent
#[utoipa::path(patch, path = "/v1/organizations/{org}/projects/{project}/agents/{id}", tag = "Use cases and agents",
    request_body(content = EditRegisteredBody, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("project" = String, Path), ("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = RegisteredView), (status = 404, body = ProblemView), (status = 412, body = ProblemView)))]
pub(crate) async fn edit_agent(
    State(app): State<App>,
    caller: Caller,
    At(at): One<Agent>,
    IfMatch(version): IfMatch,
    Body(asked): Body<EditRegisteredBody>,
) -> Reply {
    edit(&app, &caller, at, asked.command(version)).await
}
