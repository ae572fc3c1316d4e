//! `/v1/organizations/{org}/model-choices`

use std::collections::BTreeMap;

use api::{At, Body, Caller, IfMatch, ProblemView, Reply, answer};
use axum::extract::State;
use domain::Patch;
use domain::id::{OrganizationId, ProviderId};
use domain::provider::{EditModelChoices, ModelChoices, ReadModelChoices};
use domain::settings::ModelId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;

/// What an organization's admins chose. What is not named is as it is offered.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelChoicesView {
    /// Providers that are not used here.
    #[schema(example = json!(["prv_01JZA000000000000000000000"]))]
    providers_off: Vec<String>,
    /// Models that are not used here, of whatever provider.
    #[schema(example = json!(["gpt-5"]))]
    models_off: Vec<String>,
    /// The model that is taken where another one is asked for.
    #[schema(example = json!({ "gpt-5": "gpt-5-mini" }))]
    instead: BTreeMap<String, String>,
    /// Counts changes; the `ETag`. 0 where nothing was chosen yet.
    version: u64,
}

impl From<ModelChoices> for ModelChoicesView {
    fn from(ModelChoices { providers_off, models_off, instead, version }: ModelChoices) -> Self {
        Self {
            providers_off: providers_off.iter().map(ToString::to_string).collect(),
            models_off: models_off.into_iter().map(String::from).collect(),
            instead: instead.into_iter().map(|(model, to)| (model.into(), to.into())).collect(),
            version,
        }
    }
}

/// A merge patch of the choices: what is named changes, all else stays; `null` for all of a kind takes its choices back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelChoicesPatch {
    /// Providers by their ids, and whether they are used here. At most 200 are off.
    #[schema(value_type = Option<BTreeMap<String, bool>>, example = json!({ "prv_01JZA000000000000000000000": false }))]
    #[serde(default)]
    providers: Patch<BTreeMap<ProviderId, bool>>,
    /// Models by their ids, and whether they are used here. At most 200 are off.
    #[schema(value_type = Option<BTreeMap<String, bool>>, example = json!({ "gpt-5": false }))]
    #[serde(default)]
    models: Patch<BTreeMap<ModelId, bool>>,
    /// Models by their ids, and what is taken for each, or `null` for nothing else. Taken once: a substitute has none.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>, example = json!({ "gpt-5": "gpt-5-mini" }))]
    #[serde(default)]
    instead: Patch<BTreeMap<ModelId, Option<ModelId>>>,
}

/// Read which providers and models an organization uses
///
/// For its members.
#[utoipa::path(get, path = "/v1/organizations/{org}/model-choices", tag = "Models",
    params(("org" = String, Path)),
    responses(
        (status = 200, description = "The choices", body = ModelChoicesView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "The organization is not active", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, At(org): At<OrganizationId>) -> Reply {
    let granted = caller.grant(ReadModelChoices, org)?;
    let choices = app.core.store.read_model_choices(&granted).await?;
    let version = choices.version;
    answer::ok_tagged(ModelChoicesView::from(choices), version)
}

/// Choose which providers and models an organization uses
///
/// For admins. In force with the next call. A substitute is what the organization assigns in a model's place, such as a cheaper one.
#[utoipa::path(patch, path = "/v1/organizations/{org}/model-choices", tag = "Models",
    request_body(content = ModelChoicesPatch, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"0\"")),
    responses(
        (status = 200, description = "With the changes", body = ModelChoicesView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not an admin, or the organization is not active", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "Too many, or a model in its own place", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    IfMatch(version): IfMatch,
    Body(ModelChoicesPatch { providers, models, instead }): Body<ModelChoicesPatch>,
) -> Reply {
    let granted = caller.grant(EditModelChoices { version, providers, models, instead }, org)?;
    let choices = app.core.store.edit_model_choices(&granted, &mut app.core.mint()).await?;
    let version = choices.version;
    answer::ok_tagged(ModelChoicesView::from(choices), version)
}
