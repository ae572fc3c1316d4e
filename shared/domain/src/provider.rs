//! Providers of language models: an organization's own and the platform's, what they offer, and what is known of their credentials.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ProviderId;
use crate::name::ItemName;
use crate::settings::ModelId;
use crate::{Patch, Result, Timestamp};

mod assignment;
mod base_url;
mod catalogue;
mod choices;
mod commands;
mod costs;
mod credential;
mod endpoint;
mod lease;
mod model;
mod parameters;
mod usable;

pub use assignment::{AssignProvider, Assignment, ProviderUser, ReadProviderUsers, Use};
pub use base_url::{BaseUrl, Origin, Scheme};
pub use catalogue::{Catalogue, EditCatalogue, Models, ReadCatalogue};
pub use choices::{CHOICES_MAX, EditModelChoices, ModelChoices, ReadModelChoices};
pub use commands::{
    CreateProvider, DeleteProvider, EditProvider, ReadParameters, ReadProviders, RemoveCredential, SetCredential,
    SetParameters, TestProvider,
};
pub use costs::{ModelCost, ReadModelCosts};
pub use credential::{Credential, CredentialMark};
pub use endpoint::{AccountId, ApiVersion, Endpoint, EndpointPatch, ProviderType, Region, TypeSettings};
pub use lease::{ExplainModel, LeaseCredential, Leased};
pub use model::{Capability, Cost, MODELS_MAX, Model, ModelPatch, ModelsPatch, models_after};
pub use parameters::{Parameters, StoredParameters};
pub use usable::{Candidate, Explanation, Ground, NamedBy, Offer, Rank, Rule, Wanted};

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// Its name.
    pub name: ItemName,
    /// How it is reached.
    pub endpoint: Endpoint,
    /// What it offers.
    pub models: BTreeMap<ModelId, Model>,
    /// Whether it may be used.
    pub enabled: bool,
    /// What is known of its credential; the credential itself is in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Credential>,
    /// For whom it is, of the platform's.
    #[serde(default)]
    pub assignment: Assignment,
    /// What goes along with every call of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<StoredParameters>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

impl EditProvider {
    /// The provider with the change. Its credential goes where it was not stored for the new endpoint.
    ///
    /// # Errors
    /// A setting that its type needs or does not have; too many models.
    pub fn apply(&self, before: &Provider, at: Timestamp) -> Result<Provider> {
        let endpoint = self.endpoint.over(&before.endpoint)?;
        let stays = endpoint.takes_credential_of(&before.endpoint);
        Ok(Provider {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            models: models_after(self.models.clone(), &before.models)?,
            enabled: self.enabled.unwrap_or(before.enabled),
            assignment: self.assignment.unwrap_or(before.assignment),
            credential: before.credential.clone().filter(|_| stays),
            endpoint,
            updated_at: at,
            version: before.version + 1,
            ..before.clone()
        })
    }
}

impl CreateProvider {
    /// The new provider, which has those models to begin with.
    ///
    /// # Errors
    /// A setting that its type needs or does not have; too many models.
    pub fn made(
        &self,
        id: ProviderId,
        begins_with: &BTreeMap<ModelId, Model>,
        created_by: String,
        at: Timestamp,
    ) -> Result<Provider> {
        Ok(Provider {
            id,
            name: self.name.clone(),
            endpoint: Endpoint::new(self.kind, self.base_url.clone(), self.settings.clone())?,
            models: models_after(Patch::Set(self.models.clone()), begins_with)?,
            enabled: true,
            credential: None,
            assignment: self.assignment.unwrap_or_default(),
            parameters: None,
            created_at: at,
            created_by,
            updated_at: at,
            version: 1,
        })
    }
}
