//! What is asked of providers.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ProviderId;
use domain::name::ItemName;
use domain::provider::{
    AccountId, ApiVersion, Assignment, BaseUrl, Capability, Cost, CreateProvider, EditProvider, EndpointPatch,
    ModelPatch, ModelsPatch, ProviderType, Region, TypeSettings,
};
use domain::settings::ModelId;
use domain::{Code, Error, Patch, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{AssignmentName, CapabilityName, CostView, ProviderTypeName};

/// A new provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProviderBody {
    /// Its name; the only one among the platform's providers, or the organization's.
    #[schema(value_type = String, min_length = 1, max_length = 120, example = "Own models")]
    name: ItemName,
    /// What it speaks.
    #[serde(rename = "type")]
    #[schema(value_type = ProviderTypeName)]
    kind: ProviderType,
    /// Where it is called, without user, query or fragment. `azure_openai` and `custom` need it; without it, where the maker
    /// publishes it.
    #[schema(value_type = Option<String>, example = "https://llm.example.com/v1")]
    base_url: Option<BaseUrl>,
    /// The API's version: needed by `azure_openai`, possible for `anthropic`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, example = "2024-10-21")]
    api_version: Option<ApiVersion>,
    /// The region of AWS: needed by `bedrock`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 30, example = "eu-central-1")]
    region: Option<Region>,
    /// The organization that calls are billed to: possible for `openai`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "org-a1b2c3")]
    organization_id: Option<AccountId>,
    /// What it offers, by the ids under which it knows its models; at most 100.
    #[schema(value_type = Option<BTreeMap<String, ModelBody>>)]
    #[serde(default)]
    models: BTreeMap<ModelId, ModelBody>,
    /// Whether it begins with the well-known models of its type, as the catalogue has them; `models` are laid over them.
    #[serde(default)]
    with_catalogue: bool,
    /// For whom it is, of the platform's: `all` organizations, or those that are `listed`.
    #[schema(value_type = Option<AssignmentName>)]
    assignment: Option<Assignment>,
}

impl CreateProviderBody {
    pub(crate) fn command(self) -> Result<CreateProvider> {
        let Self { name, kind, base_url, api_version, region, organization_id, models, with_catalogue, assignment } =
            self;
        let settings = TypeSettings { api_version, region, organization_id };
        let models = patches(models.into_iter().map(|(id, model)| (id, Some(model))))?;
        Ok(CreateProvider { name, kind, base_url, settings, models, with_catalogue, assignment })
    }
}

/// A merge patch of a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderPatch {
    /// A new name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, example = "Own models")]
    #[serde(default)]
    name: Patch<ItemName>,
    /// Another type; its credential is void then.
    #[serde(default, rename = "type")]
    #[schema(value_type = Option<ProviderTypeName>)]
    kind: Patch<ProviderType>,
    /// Another address, or `null` for the published one. With another scheme, host or port its credential is void.
    #[schema(value_type = Option<String>, example = "https://llm.example.com/v1")]
    #[serde(default)]
    base_url: Patch<BaseUrl>,
    /// Another version of the API.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, example = "2024-10-21")]
    #[serde(default)]
    api_version: Patch<ApiVersion>,
    /// Another region. A published address goes along, and its credential is void then.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 30, example = "eu-central-1")]
    #[serde(default)]
    region: Patch<Region>,
    /// Another organization that calls are billed to.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "org-a1b2c3")]
    #[serde(default)]
    organization_id: Patch<AccountId>,
    /// Whether it may be used.
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    enabled: Patch<bool>,
    /// Models by their ids: one that is named is changed or made, `null` takes it away, all others stay. `null` for all of them
    /// takes all away.
    #[schema(value_type = Option<BTreeMap<String, ModelBody>>)]
    #[serde(default)]
    models: Patch<BTreeMap<ModelId, Option<ModelBody>>>,
    /// For whom it is, of the platform's.
    #[schema(value_type = Option<AssignmentName>)]
    #[serde(default)]
    assignment: Patch<Assignment>,
}

impl ProviderPatch {
    pub(crate) fn command(self, id: ProviderId, version: u64) -> Result<EditProvider> {
        let Self { name, kind, base_url, api_version, region, organization_id, enabled, models, assignment } = self;
        let kind = kind.unless_cleared("/type")?;
        let models = match models {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(models) => Patch::Set(patches(models)?),
        };
        Ok(EditProvider {
            id,
            version,
            name: name.unless_cleared("/name")?,
            endpoint: EndpointPatch { kind, base_url, api_version, region, organization_id },
            models,
            enabled: enabled.unless_cleared("/enabled")?,
            assignment: assignment.unless_cleared("/assignment")?,
        })
    }
}

/// A model, or what changes of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelBody {
    /// What people read; `null` for its id.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, example = "Small and quick")]
    #[serde(default)]
    name: Patch<ItemName>,
    /// Whether it may be used; a new one may.
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    enabled: Patch<bool>,
    /// How many tokens its context holds.
    #[schema(value_type = Option<u32>, minimum = 1, example = 128_000)]
    #[serde(default)]
    context_tokens: Patch<u32>,
    /// What it can do, all of it.
    #[schema(value_type = Option<Vec<CapabilityName>>)]
    #[serde(default)]
    capabilities: Patch<BTreeSet<Capability>>,
    /// What a million tokens cost.
    #[schema(value_type = Option<CostView>)]
    #[serde(default)]
    cost: Patch<CostView>,
}

pub(crate) fn patches(models: impl IntoIterator<Item = (ModelId, Option<ModelBody>)>) -> Result<ModelsPatch> {
    let patch = |(id, body): (ModelId, Option<ModelBody>)| {
        let at = format!("/models/{}", pointer(String::from(id.clone())));
        let patch = body.map(|body| body.patch(&at)).transpose()?;
        Ok((id, patch))
    };
    models.into_iter().map(patch).collect()
}

/// A part of a JSON pointer (RFC 6901).
fn pointer(part: String) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

impl ModelBody {
    fn patch(self, at: &str) -> Result<ModelPatch> {
        let Self { name, enabled, context_tokens, capabilities, cost } = self;
        let refused = |field: &str, words: &'static str| Error::new(Code::Invalid, words).at(format!("{at}/{field}"));
        let enabled = match enabled {
            Patch::Keep => None,
            Patch::Clear => return Err(refused("enabled", "must have a value; null would take it away")),
            Patch::Set(enabled) => Some(enabled),
        };
        if context_tokens == Patch::Set(0) {
            return Err(refused("context_tokens", "must be at least 1"));
        }
        let cost = match cost {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(CostView { input_micro_usd, output_micro_usd }) => {
                let cost = Cost::try_from((input_micro_usd, output_micro_usd));
                Patch::Set(cost.map_err(|why| refused("cost", why.0))?)
            }
        };
        Ok(ModelPatch { name, enabled, context_tokens, capabilities, cost })
    }
}
