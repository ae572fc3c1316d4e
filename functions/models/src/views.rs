//! What answers show of models and of the providers that have them.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ProviderId;
use domain::provider::{Candidate, Capability, Cost, Explanation, Model, NamedBy, Rank};
use serde::Serialize;
use store::ModelGround;
use utoipa::ToSchema;

/// A provider that has a model.
#[derive(Serialize, ToSchema)]
pub(crate) struct CandidateView {
    /// Its id.
    #[schema(example = "prv_01JZA000000000000000000000")]
    provider_id: String,
    /// Its name.
    #[schema(example = "Own models")]
    name: String,
    /// By which rule it comes before or after others: `own-default`, `own`, `default`, `global`, in this order; among equals the
    /// oldest is first.
    #[schema(example = "own")]
    rank: &'static str,
    /// The first rule that speaks against it: `provider-disabled`, `no-credential`, `not-assigned`, `model-disabled`, `provider-off`,
    /// `model-off`, `not-in-project`; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "model-off")]
    refused_by: Option<&'static str>,
}

impl CandidateView {
    pub(crate) fn all(explained: &Explanation, ground: &ModelGround) -> Vec<Self> {
        let named: BTreeMap<ProviderId, String> =
            ground.offers.iter().map(|offer| (offer.provider.id, offer.provider.name.to_string())).collect();
        let view = |Candidate { provider, rank, refused }: &Candidate| Self {
            provider_id: provider.to_string(),
            name: named.get(provider).cloned().unwrap_or_default(),
            rank: rank_name(*rank),
            refused_by: refused.map(domain::provider::Rule::slug),
        };
        explained.candidates.iter().map(view).collect()
    }
}

fn rank_name(rank: Rank) -> &'static str {
    match rank {
        Rank::OwnDefault => "own-default",
        Rank::Own => "own",
        Rank::Default => "default",
        Rank::Global => "global",
    }
}

/// Which provider serves a model in a project, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessView {
    /// Whether a call with it would be served.
    usable: bool,
    /// The model; absent where none was asked for and neither the project nor the organization has a default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "gpt-5-mini")]
    model: Option<String>,
    /// Who named it: `caller`, `project` or `organization`, the latter two by their defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "caller")]
    named_by: Option<&'static str>,
    /// The model that was meant, where the organization takes another one in its place. The project's list is about this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
    /// The provider that serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "prv_01JZA000000000000000000000")]
    served_by: Option<String>,
    /// Every provider that has the model, the preferred one first.
    candidates: Vec<CandidateView>,
}

impl AccessView {
    pub(crate) fn of(explained: &Explanation, ground: &ModelGround) -> Self {
        let (wanted, chosen) = (explained.wanted.as_ref(), explained.chosen());
        let named_by = |by| match by {
            NamedBy::Caller => "caller",
            NamedBy::Project => "project",
            NamedBy::Organization => "organization",
        };
        Self {
            usable: chosen.is_some(),
            model: wanted.map(|wanted| wanted.model.clone().into()),
            named_by: wanted.map(|wanted| named_by(wanted.named_by)),
            instead_of: wanted.and_then(|wanted| wanted.instead_of.clone()).map(String::from),
            served_by: chosen.map(|chosen| chosen.provider.to_string()),
            candidates: CandidateView::all(explained, ground),
        }
    }
}

/// A model that the organization is offered.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferedModelView {
    /// The id under which providers know it.
    #[schema(example = "gpt-5-mini")]
    model: String,
    /// What people read; absent = its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Small and quick")]
    name: Option<String>,
    /// Whether a call with it would be served in a project without a list of models.
    usable: bool,
    /// The model that is taken in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<String>,
    /// Whether it is the organization's default.
    default: bool,
    /// The provider that serves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "prv_01JZA000000000000000000000")]
    served_by: Option<String>,
    /// How many tokens its context holds, there.
    #[serde(skip_serializing_if = "Option::is_none")]
    context_tokens: Option<u32>,
    /// What it can do, there.
    #[schema(value_type = Vec<String>)]
    capabilities: BTreeSet<Capability>,
    /// What a million tokens cost, there.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<PriceView>,
    /// Every provider that has it, the preferred one first.
    candidates: Vec<CandidateView>,
}

/// What a million tokens cost, in millionths of a US dollar.
#[derive(Serialize, ToSchema)]
pub(crate) struct PriceView {
    /// Of those that are read.
    #[schema(example = 150_000)]
    input_micro_usd: u64,
    /// Of those that are written.
    #[schema(example = 600_000)]
    output_micro_usd: u64,
}

impl From<Cost> for PriceView {
    fn from(cost: Cost) -> Self {
        Self { input_micro_usd: cost.input(), output_micro_usd: cost.output() }
    }
}

/// What an organization is offered.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferedModelsView {
    /// By their ids.
    items: Vec<OfferedModelView>,
}

impl From<&ModelGround> for OfferedModelsView {
    fn from(ground: &ModelGround) -> Self {
        let ids: BTreeSet<_> = ground.offers.iter().flat_map(|offer| offer.provider.models.keys()).collect();
        let view = |id: &domain::settings::ModelId| {
            // What the model itself is offered as: a substitute is told beside it.
            let mut as_offered = ground.clone();
            as_offered.choices.instead.clear();
            let explained = as_offered.explain(None, Some(id));
            let first = explained.chosen().or(explained.candidates.first()).map(|candidate| candidate.provider);
            let offer = ground.offers.iter().find(|offer| Some(offer.provider.id) == first);
            let model: Option<&Model> = offer.and_then(|offer| offer.provider.models.get(id));
            OfferedModelView {
                model: id.clone().into(),
                name: model.and_then(|model| model.name.as_ref()).map(ToString::to_string),
                usable: explained.chosen().is_some(),
                instead: ground.choices.instead.get(id).cloned().map(String::from),
                default: ground.settings.default_model.as_ref() == Some(id),
                served_by: explained.chosen().map(|chosen| chosen.provider.to_string()),
                context_tokens: model.and_then(|model| model.context_tokens),
                capabilities: model.map(|model| model.capabilities.clone()).unwrap_or_default(),
                cost: model.and_then(|model| model.cost).map(PriceView::from),
                candidates: CandidateView::all(&explained, ground),
            }
        };
        Self { items: ids.into_iter().map(view).collect() }
    }
}
