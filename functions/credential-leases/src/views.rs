//! What a call is made with, as the runtime is told.

use domain::provider::{LeaseCredential, Leased, Parameters, ProviderType, TypeSettings};
use domain::{Error, Granted, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use vault::Wrapped;

/// What a reserved call is made with.
#[derive(Serialize, ToSchema)]
pub(crate) struct CredentialLeaseView {
    /// The reservation under which it is made.
    #[schema(example = "rsv_01JZA000000000000000000000")]
    reservation_id: String,
    /// Which provider serves.
    #[schema(example = "prv_01JZA000000000000000000000")]
    provider_id: String,
    /// Its name.
    #[schema(example = "Own models")]
    provider: String,
    /// What it speaks: `openai`, `anthropic`, `google`, `azure_openai`, `bedrock` or `custom`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "openai")]
    kind: ProviderType,
    /// Where it is called.
    #[schema(example = "https://api.openai.com/v1")]
    base_url: String,
    /// The API's version, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_version: Option<String>,
    /// The region of AWS, of `bedrock`.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// The organization that calls are billed to, of `openai`.
    #[serde(skip_serializing_if = "Option::is_none")]
    billed_to: Option<String>,
    /// Which model to call.
    #[schema(example = "gpt-5-mini")]
    model: String,
    /// The model that was asked for, where the organization takes this one in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
    /// How many tokens its context holds, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    context_tokens: Option<u32>,
    /// What a million tokens that are read cost, in millionths of a US dollar, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    input_micro_usd: Option<u64>,
    /// What a million tokens that are written cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    output_micro_usd: Option<u64>,
    /// What goes along with the call where the runtime says nothing else.
    #[schema(value_type = Object)]
    parameters: Parameters,
    /// The way to the credential; absent where the provider needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<WrappedView>,
}

/// The way to a credential.
#[derive(Serialize, ToSchema)]
pub(crate) struct WrappedView {
    /// A token of the vault: shown to `sys/wrapping/unwrap` it gives that one secret, once, and nothing else.
    wrapped_token: String,
    /// The vault.
    #[schema(example = "https://vault.example.com:8200")]
    vault_address: String,
    /// Which version of the credential.
    version: u64,
    /// When the token ends.
    #[schema(format = "date-time")]
    expires_at: String,
}

impl WrappedView {
    pub(crate) fn of(wrapped: &Wrapped, version: u64, address: &str, now: Timestamp) -> Result<Self> {
        let token = std::str::from_utf8(wrapped.token.expose()).map_err(Error::internal)?;
        Ok(Self {
            wrapped_token: token.to_owned(),
            vault_address: address.trim_end_matches('/').to_owned(),
            version,
            expires_at: now.plus(wrapped.life).to_string(),
        })
    }
}

impl CredentialLeaseView {
    pub(crate) fn of(
        granted: &Granted<LeaseCredential>,
        leased: Leased,
        parameters: Parameters,
        credential: Option<WrappedView>,
    ) -> Self {
        let model = leased.model().cloned();
        let cost = model.as_ref().and_then(|model| model.cost);
        let Leased { provider, wanted, .. } = leased;
        let TypeSettings { api_version, region, organization_id } = provider.endpoint.settings().clone();
        Self {
            reservation_id: granted.command().reservation.to_string(),
            provider_id: provider.id.to_string(),
            provider: provider.name.to_string(),
            kind: provider.endpoint.kind(),
            base_url: provider.endpoint.base_url().to_string(),
            api_version: api_version.map(String::from),
            region: region.map(String::from),
            billed_to: organization_id.map(String::from),
            model: wanted.model.into(),
            instead_of: wanted.instead_of.map(String::from),
            context_tokens: model.and_then(|model| model.context_tokens),
            input_micro_usd: cost.map(domain::provider::Cost::input),
            output_micro_usd: cost.map(domain::provider::Cost::output),
            parameters,
            credential,
        }
    }
}
