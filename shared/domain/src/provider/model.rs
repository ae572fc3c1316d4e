//! A model that a provider offers.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::name::ItemName;
use crate::settings::ModelId;
use crate::{Code, Error, Patch, Result};

/// So many models one provider has at most: they are stored with it, in one item.
pub const MODELS_MAX: usize = 100;

/// What a model can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Answers in a conversation.
    Chat,
    /// Calls tools.
    Tools,
    /// Looks at pictures.
    Vision,
    /// Answers in JSON of a given schema.
    StructuredOutput,
    /// Thinks before it answers.
    Reasoning,
    /// Makes vectors of texts.
    Embeddings,
}

/// A model, without the id under which its provider knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// What people read; none = its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ItemName>,
    /// Whether it may be used.
    pub enabled: bool,
    /// How many tokens its context holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u32>,
    /// What it can do.
    #[serde(default)]
    pub capabilities: BTreeSet<Capability>,
    /// What a million tokens cost; none = it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
}

/// Prices of a million tokens, in millionths of a US dollar, at most 10,000 dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(u64, u64)", into = "(u64, u64)")]
pub struct Cost {
    input: u64,
    output: u64,
}

impl Cost {
    const MAX: u64 = 10_000_000_000;

    /// The price of a million tokens that are read.
    #[must_use]
    pub fn input(self) -> u64 {
        self.input
    }

    /// The price of a million tokens that are written.
    #[must_use]
    pub fn output(self) -> u64 {
        self.output
    }
}

impl TryFrom<(u64, u64)> for Cost {
    type Error = crate::Rejected;
    fn try_from((input, output): (u64, u64)) -> Result<Self, Self::Error> {
        let fits = input <= Self::MAX && output <= Self::MAX;
        fits.then_some(Self { input, output }).ok_or(crate::Rejected("must be at most 10,000 US dollars"))
    }
}

impl From<Cost> for (u64, u64) {
    fn from(cost: Cost) -> Self {
        (cost.input, cost.output)
    }
}

/// What becomes of one model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelPatch {
    /// Another name.
    pub name: Patch<ItemName>,
    /// Whether it may be used; a new one may, unless this says otherwise.
    pub enabled: Option<bool>,
    /// Another size of its context.
    pub context_tokens: Patch<u32>,
    /// All that it can do.
    pub capabilities: Patch<BTreeSet<Capability>>,
    /// Other prices.
    pub cost: Patch<Cost>,
}

impl ModelPatch {
    /// The model with the change, or the new one.
    #[must_use]
    pub fn over(self, before: Option<&Model>) -> Model {
        let Self { name, enabled, context_tokens, capabilities, cost } = self;
        Model {
            name: name.over(before.and_then(|model| model.name.clone())),
            enabled: enabled.unwrap_or(before.is_none_or(|model| model.enabled)),
            context_tokens: context_tokens.over(before.and_then(|model| model.context_tokens)),
            capabilities: capabilities.over(before.map(|model| model.capabilities.clone())).unwrap_or_default(),
            cost: cost.over(before.and_then(|model| model.cost)),
        }
    }
}

/// What becomes of a provider's models: those that are named are changed, made, or taken away; all others stay.
pub type ModelsPatch = BTreeMap<ModelId, Option<ModelPatch>>;

/// The models after it.
///
/// # Errors
/// [`Code::Invalid`] beyond [`MODELS_MAX`].
pub fn models_after(patch: Patch<ModelsPatch>, before: &BTreeMap<ModelId, Model>) -> Result<BTreeMap<ModelId, Model>> {
    let mut after = before.clone();
    match patch {
        Patch::Keep => {}
        Patch::Clear => after.clear(),
        Patch::Set(models) => {
            for (id, patch) in models {
                match patch {
                    Some(patch) => {
                        let model = patch.over(before.get(&id));
                        after.insert(id, model);
                    }
                    None => drop(after.remove(&id)),
                }
            }
        }
    }
    if after.len() > MODELS_MAX {
        return Err(Error::new(Code::Invalid, "a provider has at most 100 models").at("/models"));
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(raw: &str) -> ModelId {
        ModelId::try_from(raw.to_owned()).unwrap()
    }

    fn two() -> BTreeMap<ModelId, Model> {
        let named = ModelPatch { context_tokens: Patch::Set(128_000), ..ModelPatch::default() };
        let patch = BTreeMap::from([(id("a"), Some(named)), (id("b"), Some(ModelPatch::default()))]);
        models_after(Patch::Set(patch), &BTreeMap::new()).unwrap()
    }

    #[test]
    fn a_patch_of_one_model_leaves_the_others_and_what_it_does_not_name() {
        let off = ModelPatch { enabled: Some(false), ..ModelPatch::default() };
        let after = models_after(Patch::Set(BTreeMap::from([(id("a"), Some(off))])), &two()).unwrap();
        assert_eq!(after[&id("b")], two()[&id("b")]);
        assert_eq!((after[&id("a")].enabled, after[&id("a")].context_tokens), (false, Some(128_000)));
        let gone = models_after(Patch::Set(BTreeMap::from([(id("a"), None)])), &after).unwrap();
        assert_eq!(gone.into_keys().collect::<Vec<_>>(), [id("b")]);
        assert_eq!(models_after(Patch::Keep, &after).unwrap(), after, "an edit that names no models keeps all");
    }

    #[test]
    fn a_provider_has_at_most_a_hundred_models() {
        let some = |count: usize| {
            let models = (0..count).map(|number| (id(&format!("m{number}")), Some(ModelPatch::default())));
            models_after(Patch::Set(models.collect()), &BTreeMap::new())
        };
        assert_eq!(some(MODELS_MAX).unwrap().len(), MODELS_MAX);
        assert!(some(MODELS_MAX + 1).is_err());
    }
}
