//! What the runtime asks for just before it calls a model.

use super::{Explanation, Model, Provider, Rank, Rule, Wanted};
use crate::id::ReservationId;
use crate::quota::ScopeSet;
use crate::settings::ModelId;
use crate::{Action, Code, Command, Error, OrgScope, ProjectScope, Result};

/// `GET …/projects/{project}/model-access`
#[derive(Clone, Copy, Debug)]
pub struct ExplainModel;

impl Command for ExplainModel {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::ViewProject
    }
}

/// `POST /v1/credential-leases`
#[derive(Clone, Debug)]
pub struct LeaseCredential {
    /// The reservation of tokens under which the call is made.
    pub reservation: ReservationId,
    /// What the call falls in, as it was reserved.
    pub set: ScopeSet,
    /// Which model; none = the project's default, or the organization's.
    pub model: Option<ModelId>,
}

impl Command for LeaseCredential {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::LeaseCredential
    }
}

/// What a lease is of: a provider that serves the model, with what has to be known to call it.
#[derive(Clone, Debug)]
pub struct Leased {
    /// Which provider.
    pub provider: Provider,
    /// Why this one.
    pub rank: Rank,
    /// The model.
    pub wanted: Wanted,
}

impl Leased {
    /// The provider that an explanation chose among those.
    ///
    /// # Errors
    /// [`Code::Invalid`] where nobody named a model, [`Code::ModelNotUsable`] where no provider serves it, with the rule.
    pub fn of(explained: &Explanation, providers: impl IntoIterator<Item = Provider>) -> Result<Self> {
        let wanted = explained.wanted.clone().ok_or_else(|| {
            Error::new(Code::Invalid, "name a model: neither the project nor the organization has a default")
                .at("/model")
        })?;
        let chosen = explained.chosen().ok_or_else(|| not_usable(explained))?;
        let provider = providers.into_iter().find(|provider| provider.id == chosen.provider);
        let provider = provider.ok_or_else(|| Error::internal("a provider was chosen that was not offered"))?;
        Ok(Self { provider, rank: chosen.rank, wanted })
    }

    /// What is known of the model.
    #[must_use]
    pub fn model(&self) -> Option<&Model> {
        self.provider.models.get(&self.wanted.model)
    }
}

/// The rule that speaks against the provider that would come first.
fn not_usable(explained: &Explanation) -> Error {
    let words = match explained.candidates.first().and_then(|candidate| candidate.refused) {
        None => "no provider of the organization or of the platform has this model",
        Some(Rule::ProviderDisabled) => "the provider of this model is disabled",
        Some(Rule::NoCredential) => "the provider of this model has no credential",
        Some(Rule::NotAssigned) => "the provider of this model is not assigned to the organization",
        Some(Rule::ModelDisabled) => "the model is disabled",
        Some(Rule::ProviderOff) => "the organization does not use the provider of this model",
        Some(Rule::ModelOff) => "the organization does not use this model",
        Some(Rule::NotInProject) => "the project does not use this model",
    };
    Error::new(Code::ModelNotUsable, words).at("/model")
}
