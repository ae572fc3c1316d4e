//! What answers show of providers.

use std::collections::{BTreeMap, BTreeSet};

use domain::provider::{
    Assignment, Capability, Cost, Credential, CredentialMark, Model, Provider, ProviderType, TypeSettings,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderView {
    /// Its id.
    #[schema(example = "prv_01JZA000000000000000000000")]
    id: String,
    /// Its name.
    #[schema(example = "Own models")]
    name: String,
    /// What it speaks.
    #[serde(rename = "type")]
    #[schema(value_type = ProviderTypeName)]
    kind: ProviderType,
    /// Where it is called.
    #[schema(example = "https://llm.example.com/v1")]
    base_url: String,
    /// The API's version, of `azure_openai` and `anthropic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2024-10-21")]
    api_version: Option<String>,
    /// The region of AWS, of `bedrock`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "eu-central-1")]
    region: Option<String>,
    /// The organization that calls are billed to, of `openai`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "org-a1b2c3")]
    organization_id: Option<String>,
    /// Whether it may be used.
    enabled: bool,
    /// What it offers, by the ids under which it knows its models.
    models: BTreeMap<String, ModelView>,
    /// What may be known of its credential; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<CredentialView>,
    /// For whom it is, of the platform's: `all` organizations, or those that are `listed`.
    #[schema(value_type = AssignmentName)]
    assignment: Assignment,
    /// Whether it has default parameters; they have a route of their own.
    has_parameters: bool,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    created_by: String,
    /// When it was changed last.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

/// A model that a provider offers.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelView {
    /// What people read; absent = its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Small and quick")]
    name: Option<String>,
    /// Whether it may be used.
    enabled: bool,
    /// How many tokens its context holds; absent = it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    context_tokens: Option<u32>,
    /// What it can do.
    #[schema(value_type = Vec<CapabilityName>)]
    capabilities: BTreeSet<Capability>,
    /// What a million tokens cost; absent = it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostView>,
}

/// What a million tokens cost, in millionths of a US dollar, each at most 10,000,000,000.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CostView {
    /// Of those that are read.
    #[schema(example = 150_000, maximum = 10_000_000_000_u64)]
    pub(crate) input_micro_usd: u64,
    /// Of those that are written.
    #[schema(example = 600_000, maximum = 10_000_000_000_u64)]
    pub(crate) output_micro_usd: u64,
}

/// What may be known of a credential. The credential itself leaves by no route.
#[derive(Serialize, ToSchema)]
pub(crate) struct CredentialView {
    /// Which version of it.
    version: u64,
    /// Its last four characters, where it has 24 at least.
    #[schema(example = "••••x7Qa")]
    mask: String,
    /// The same credential has the same one.
    #[schema(example = "5be1a0c24f3d7781")]
    fingerprint: String,
    /// When it was stored.
    #[schema(format = "date-time")]
    set_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    set_by: String,
    /// When it was handed out last; absent = never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    last_used_at: Option<String>,
}

/// What a provider speaks.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum ProviderTypeName {
    Openai,
    Anthropic,
    Google,
    AzureOpenai,
    Bedrock,
    /// Whatever speaks OpenAI's API.
    Custom,
}

/// For whom a provider of the platform is.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum AssignmentName {
    All,
    Listed,
}

/// What a model can do.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum CapabilityName {
    Chat,
    Tools,
    Vision,
    StructuredOutput,
    Reasoning,
    Embeddings,
}

impl From<&Provider> for ProviderView {
    fn from(provider: &Provider) -> Self {
        let Provider { id, name, endpoint, models, enabled, credential, assignment, parameters, .. } = provider;
        let Provider { created_at, created_by, updated_at, version, .. } = provider;
        let TypeSettings { api_version, region, organization_id } = endpoint.settings().clone();
        Self {
            id: id.to_string(),
            name: name.to_string(),
            kind: endpoint.kind(),
            base_url: endpoint.base_url().to_string(),
            api_version: api_version.map(String::from),
            region: region.map(String::from),
            organization_id: organization_id.map(String::from),
            enabled: *enabled,
            models: models.iter().map(|(id, model)| (String::from(id.clone()), model.into())).collect(),
            credential: credential.as_ref().map(CredentialView::from),
            assignment: *assignment,
            has_parameters: parameters.is_some(),
            created_at: created_at.to_string(),
            created_by: created_by.clone(),
            updated_at: updated_at.to_string(),
            version: *version,
        }
    }
}

impl From<&Model> for ModelView {
    fn from(model: &Model) -> Self {
        let Model { name, enabled, context_tokens, capabilities, cost } = model;
        let shown = |cost: Cost| CostView { input_micro_usd: cost.input(), output_micro_usd: cost.output() };
        Self {
            name: name.as_ref().map(ToString::to_string),
            enabled: *enabled,
            context_tokens: *context_tokens,
            capabilities: capabilities.clone(),
            cost: cost.map(shown),
        }
    }
}

impl From<&Credential> for CredentialView {
    fn from(credential: &Credential) -> Self {
        let Credential { version, mark: CredentialMark { mask, fingerprint }, set_at, set_by, last_used_at } =
            credential;
        Self {
            version: *version,
            mask: mask.clone(),
            fingerprint: fingerprint.clone(),
            set_at: set_at.to_string(),
            set_by: set_by.clone(),
            last_used_at: last_used_at.as_ref().map(ToString::to_string),
        }
    }
}
