//! `GET /v1/organizations/{org}/projects/{project}/model-access`

use api::{At, Caller, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{OrganizationId, ProjectId};
use domain::provider::ExplainModel;
use domain::settings::ModelId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::views::AccessView;

/// What is asked.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessParams {
    /// The model; without it the default one.
    #[param(value_type = Option<String>, min_length = 1, max_length = 128, example = "gpt-5-mini")]
    model: Option<ModelId>,
}

/// Explain whether a model can be used in a project
///
/// For whoever sees the project. Says which provider serves it, and of every other the rule that speaks against it: a credential
/// lease is decided by the same rules.
#[utoipa::path(get, path = "/v1/organizations/{org}/projects/{project}/model-access", tag = "Models",
    params(("org" = String, Path), ("project" = String, Path), AccessParams),
    responses(
        (status = 200, description = "What decides", body = AccessView),
        (status = 400, description = "A parameter is wrong", body = ProblemView, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "No role in the project, or the organization is not active", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or project", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn explain(
    State(app): State<App>,
    caller: Caller,
    At((org, project)): At<(OrganizationId, ProjectId)>,
    Params(AccessParams { model }): Params<AccessParams>,
) -> Reply {
    let granted = caller.grant(ExplainModel, (org, project))?;
    let (explained, ground) = app.core.store.explain_model(&granted, model.as_ref()).await?;
    answer::ok(AccessView::of(&explained, &ground))
}
