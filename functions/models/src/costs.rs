//! `GET /v1/organizations/{org}/model-costs`, `POST /v1/organizations/{org}/cost-comparisons`

use std::collections::BTreeMap;

use api::{At, Body, Caller, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::OrganizationId;
use domain::provider::{ModelCost, ReadModelCosts};
use domain::quota::{Period, Window};
use domain::settings::ModelId;
use domain::{Code, Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::App;

/// Days that are shown where none are named, the present one included.
const DAYS: usize = 30;

/// Which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct CostParams {
    /// The first day; 29 days before the last one if left out.
    #[param(value_type = Option<String>, example = "2026-11-01")]
    first_day: Option<Window>,
    /// The last day, at most 91 later; today if left out.
    #[param(value_type = Option<String>)]
    last_day: Option<Window>,
}

/// A comparison.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComparisonBody {
    /// Models by their ids, and what is put in the place of each; at most 50.
    #[schema(value_type = BTreeMap<String, String>, example = json!({ "gpt-5": "gpt-5-mini" }))]
    instead: BTreeMap<ModelId, ModelId>,
    /// The first day; 29 days before the last one if left out.
    #[schema(value_type = Option<String>, example = "2026-11-01")]
    first_day: Option<Window>,
    /// The last day, at most 91 later; today if left out.
    #[schema(value_type = Option<String>, example = "2026-11-30")]
    last_day: Option<Window>,
}

/// What one model costs. All costs in millionths of a US dollar.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelCostView {
    /// Which; absent for calls that named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "gpt-5")]
    model: Option<String>,
    /// How many calls.
    calls: u64,
    /// Tokens that were read.
    prompt_tokens: u64,
    /// Tokens that were written.
    completion_tokens: u64,
    /// What the runtime said that they cost.
    reported_micro_usd: u64,
    /// The same tokens at the model's present price; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    present_micro_usd: Option<u64>,
    /// The model that is put in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "gpt-5-mini")]
    instead: Option<String>,
    /// The same tokens at that one's price; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_micro_usd: Option<u64>,
}

impl From<&ModelCost> for ModelCostView {
    fn from(ModelCost { model, spent, at_present, instead }: &ModelCost) -> Self {
        Self {
            model: model.clone().map(String::from),
            calls: spent.lines,
            prompt_tokens: spent.prompt,
            completion_tokens: spent.completion,
            reported_micro_usd: spent.cost_micro_usd,
            present_micro_usd: *at_present,
            instead: instead.as_ref().map(|(to, _)| String::from(to.clone())),
            instead_micro_usd: instead.as_ref().and_then(|(_, cost)| *cost),
        }
    }
}

/// What the models of an organization cost over some days. All costs in millionths of a US dollar.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelCostsView {
    /// The first day, in UTC.
    #[schema(example = "2026-11-01")]
    first_day: String,
    /// The last day.
    #[schema(example = "2026-11-30")]
    last_day: String,
    /// Each model, the dearest first.
    items: Vec<ModelCostView>,
    /// All of them: at present prices, and as reported where a model has none.
    total_micro_usd: u64,
    /// The same with the models that are put in others' places; as now where one has no price.
    compared_micro_usd: u64,
    /// What that would have saved; negative where it would have cost more.
    saved_micro_usd: i64,
}

impl ModelCostsView {
    fn of(asked: &ReadModelCosts, costs: &[ModelCost]) -> Self {
        let sum = |of: fn(&ModelCost) -> u64| costs.iter().fold(0_u64, |sum, cost| sum.saturating_add(of(cost)));
        let (now, then) = (sum(ModelCost::now), sum(ModelCost::then));
        let saved = i128::from(now) - i128::from(then);
        Self {
            first_day: asked.from.to_string(),
            last_day: asked.to.to_string(),
            items: costs.iter().map(ModelCostView::from).collect(),
            total_micro_usd: now,
            compared_micro_usd: then,
            saved_micro_usd: i64::try_from(saved).unwrap_or(if saved < 0 { i64::MIN } else { i64::MAX }),
        }
    }
}

/// Read what models cost an organization
///
/// For admins. What was used of each over some days, what the runtime said that it cost, and what it costs at present prices.
#[utoipa::path(get, path = "/v1/organizations/{org}/model-costs", tag = "Models",
    params(("org" = String, Path), CostParams),
    responses(
        (status = 200, description = "By model", body = ModelCostsView),
        (status = 400, description = "A parameter is wrong", body = ProblemView, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not an admin, or the organization is not active", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "More than 92 days, or none", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(CostParams { first_day, last_day }): Params<CostParams>,
) -> Reply {
    costs(&app, &caller, org, ReadModelCosts::new(days(first_day, last_day, app.core.now())?, BTreeMap::new())?).await
}

/// Compare what models cost with what others would have cost
///
/// For admins. The tokens of the last 30 days, or of others, at the prices of the models that are put in the place of those that were
/// used. Nothing is changed by it; `model-choices` is where a substitute is assigned.
#[utoipa::path(post, path = "/v1/organizations/{org}/cost-comparisons", tag = "Models", request_body = ComparisonBody,
    params(("org" = String, Path)),
    responses(
        (status = 200, description = "By model", body = ModelCostsView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not an admin, or the organization is not active", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "More than 92 days or 50 models, or none", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn compare(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Body(ComparisonBody { instead, first_day, last_day }): Body<ComparisonBody>,
) -> Reply {
    costs(&app, &caller, org, ReadModelCosts::new(days(first_day, last_day, app.core.now())?, instead)?).await
}

async fn costs(app: &App, caller: &Caller, org: OrganizationId, asked: ReadModelCosts) -> Reply {
    let granted = caller.grant(asked, org)?;
    let costs = app.core.store.model_costs(&granted).await?;
    answer::ok(ModelCostsView::of(granted.command(), &costs))
}

fn days(first: Option<Window>, last: Option<Window>, now: Timestamp) -> Result<(Window, Window)> {
    for (day, name) in [(first, "first_day"), (last, "last_day")] {
        if day.is_some_and(|day| day.period() != Period::Daily) {
            return Err(Error::new(Code::Malformed, "must be a day such as 2026-11-30").at(name));
        }
    }
    let last = last.unwrap_or_else(|| Window::of(Period::Daily, now));
    let earlier = || std::iter::successors(Some(last), |day| Some(day.before())).nth(DAYS - 1).unwrap_or(last);
    Ok((first.unwrap_or_else(earlier), last))
}
