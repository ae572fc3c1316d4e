//! Which provider serves a model in a project, and which rule decided: product §7, `usable(model, project)`.

use super::{Assignment, ModelChoices, Provider, ProviderType};
use crate::id::ProviderId;
use crate::project::Project;
use crate::settings::{ModelId, OrganizationSettings};

/// A provider as one organization meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// It.
    pub provider: Provider,
    /// Whether it is the organization's own; else the platform's.
    pub is_own: bool,
    /// Whether the organization is on its list.
    pub is_listed: bool,
}

/// Everything that decides.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The organization's own providers and the platform's.
    pub offers: &'a [Offer],
    /// What the organization's admins chose.
    pub choices: &'a ModelChoices,
    /// Its settings, for what is taken by default.
    pub settings: &'a OrganizationSettings,
    /// The project that a call falls in; none = whatever project.
    pub project: Option<&'a Project>,
}

/// The rule by which a provider does not serve a model: the first one in this order that speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// It is switched off where it is kept.
    ProviderDisabled,
    /// It has no credential yet.
    NoCredential,
    /// It is for organizations on a list, and this one is not on it.
    NotAssigned,
    /// It does not offer the model at present.
    ModelDisabled,
    /// The organization does not use the provider.
    ProviderOff,
    /// The organization does not use the model.
    ModelOff,
    /// The project has a list of models, and this one is not on it.
    NotInProject,
}

impl Rule {
    /// All of them, in their order.
    pub const ALL: [Self; 7] = [
        Self::ProviderDisabled,
        Self::NoCredential,
        Self::NotAssigned,
        Self::ModelDisabled,
        Self::ProviderOff,
        Self::ModelOff,
        Self::NotInProject,
    ];

    /// As it is written in answers.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::ProviderDisabled => "provider-disabled",
            Self::NoCredential => "no-credential",
            Self::NotAssigned => "not-assigned",
            Self::ModelDisabled => "model-disabled",
            Self::ProviderOff => "provider-off",
            Self::ModelOff => "model-off",
            Self::NotInProject => "not-in-project",
        }
    }

    /// Whether it speaks against the model.
    fn refuses(self, ground: &Ground<'_>, Offer { provider, is_own, is_listed }: &Offer, wanted: &Wanted) -> bool {
        let Ground { choices, project, .. } = ground;
        match self {
            Self::ProviderDisabled => !provider.enabled,
            Self::NoCredential => provider.credential.is_none() && provider.endpoint.kind() != ProviderType::Custom,
            Self::NotAssigned => !is_own && provider.assignment == Assignment::Listed && !is_listed,
            Self::ModelDisabled => provider.models.get(&wanted.model).is_none_or(|model| !model.enabled),
            Self::ProviderOff => choices.providers_off.contains(&provider.id),
            Self::ModelOff => choices.models_off.contains(&wanted.model),
            Self::NotInProject => project.is_some_and(|project| !project.allows(wanted.asked())),
        }
    }
}

/// Who said which model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// Whoever asks.
    Caller,
    /// The project's default.
    Project,
    /// The organization's default.
    Organization,
}

/// The model that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// It.
    pub model: ModelId,
    /// Who named it, or what it stands for.
    pub named_by: NamedBy,
    /// The model in whose place the organization takes it.
    pub instead_of: Option<ModelId>,
}

impl Wanted {
    /// What was asked for: the project's list is about that. What stands for it is the organization's choice.
    #[must_use]
    pub fn asked(&self) -> &ModelId {
        self.instead_of.as_ref().unwrap_or(&self.model)
    }
}

/// A provider that has the model, and what the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which of the offers.
    pub provider: ProviderId,
    /// By which rule it comes before others.
    pub rank: Rank,
    /// The rule that speaks against it.
    pub refused: Option<Rule>,
}

/// What a provider is preferred by: first the organization's own, its default among them first, then its default, then the
/// oldest of the platform's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The organization's own, and its default.
    OwnDefault,
    /// The organization's own.
    Own,
    /// The platform's, and the organization's default.
    Default,
    /// The platform's.
    Global,
}

/// Which provider serves, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The model; none where nobody named one.
    pub wanted: Option<Wanted>,
    /// Every provider that has it, the preferred one first.
    pub candidates: Vec<Candidate>,
}

impl Explanation {
    /// The one that serves: the first that no rule speaks against.
    #[must_use]
    pub fn chosen(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.refused.is_none())
    }
}

impl Ground<'_> {
    /// Which provider serves that model, or the default one, and by which rule.
    #[must_use]
    pub fn explain(&self, asked: Option<&ModelId>) -> Explanation {
        let Some(wanted) = self.wanted(asked) else { return Explanation { wanted: None, candidates: vec![] } };
        let mut offers: Vec<&Offer> =
            self.offers.iter().filter(|offer| offer.provider.models.contains_key(&wanted.model)).collect();
        offers.sort_by_key(|offer| (self.rank(offer), offer.provider.created_at, offer.provider.id));
        let candidates = offers.into_iter().map(|offer| Candidate {
            provider: offer.provider.id,
            rank: self.rank(offer),
            refused: Rule::ALL.into_iter().find(|rule| rule.refuses(self, offer, &wanted)),
        });
        Explanation { candidates: candidates.collect(), wanted: Some(wanted) }
    }

    fn wanted(&self, asked: Option<&ModelId>) -> Option<Wanted> {
        let project = self.project.and_then(|project| project.default_model.as_ref());
        let organization = self.settings.default_model.as_ref();
        let (model, named_by) = match (asked, project, organization) {
            (Some(model), _, _) => (model, NamedBy::Caller),
            (None, Some(model), _) => (model, NamedBy::Project),
            (None, None, Some(model)) => (model, NamedBy::Organization),
            (None, None, None) => return None,
        };
        Some(match self.choices.instead.get(model) {
            Some(substitute) => Wanted { model: substitute.clone(), named_by, instead_of: Some(model.clone()) },
            None => Wanted { model: model.clone(), named_by, instead_of: None },
        })
    }

    fn rank(&self, offer: &Offer) -> Rank {
        match (offer.is_own, self.settings.default_provider == Some(offer.provider.id)) {
            (true, true) => Rank::OwnDefault,
            (true, false) => Rank::Own,
            (false, true) => Rank::Default,
            (false, false) => Rank::Global,
        }
    }
}

#[cfg(test)]
#[path = "usable_tests.rs"]
mod tests;
