//! `GET /v1/organizations/{org}/models`

use api::{At, Caller, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::OrganizationId;
use domain::provider::ReadModelChoices;

use crate::App;
use crate::views::OfferedModelsView;

/// List the models that an organization is offered
///
/// For its members. Whether each is usable, who serves it, and the rule that speaks against the others.
#[utoipa::path(get, path = "/v1/organizations/{org}/models", tag = "Models",
    params(("org" = String, Path)),
    responses(
        (status = 200, description = "All of them", body = OfferedModelsView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "The organization is not active", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, At(org): At<OrganizationId>) -> Reply {
    let granted = caller.grant(ReadModelChoices, org)?;
    answer::ok(OfferedModelsView::from(&app.core.store.model_ground(&granted).await?))
}
