//! Well-known models of each type of provider, with which a provider may begin.
//!
//! The seed is `catalogue.json`: context sizes, capabilities and prices as the list of model prices in litellm 1.110.2 (PyPI,
//! 2026-12-01) has them. They are a beginning and no promise: makers change them, and superadmins edit the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Capability, Cost, MODELS_MAX, Model, ModelPatch, ModelsPatch, ProviderType};
use crate::scope::SelfScope;
use crate::settings::ModelId;
use crate::{Action, Code, Command, Error, Patch, PlatformScope, Result};

const SEED: &str = include_str!("catalogue.json");

/// Models by the types of providers that have them.
pub type Models = BTreeMap<ProviderType, BTreeMap<ModelId, Model>>;

/// What superadmins made of the seed: models of their own, and seeded ones that are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Models that are there instead of, or besides, the seed's; none where one of the seed's is not.
    #[serde(default)]
    pub edits: BTreeMap<ProviderType, BTreeMap<ModelId, Option<Model>>>,
    /// Counts changes; the `ETag`. 0 for the seed as it is.
    pub version: u64,
}

/// A model as the seed writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeded {
    context_tokens: u32,
    capabilities: BTreeSet<Capability>,
    cost: Cost,
}

impl Catalogue {
    /// The models of a type, as they are now.
    #[must_use]
    pub fn models_of(&self, kind: ProviderType) -> BTreeMap<ModelId, Model> {
        let mut models = seed().remove(&kind).unwrap_or_default();
        for (id, edit) in self.edits.get(&kind).into_iter().flatten() {
            match edit {
                Some(model) => drop(models.insert(id.clone(), model.clone())),
                None => drop(models.remove(id)),
            }
        }
        models
    }

    /// All of them.
    #[must_use]
    pub fn models(&self) -> Models {
        ProviderType::ALL.into_iter().map(|kind| (kind, self.models_of(kind))).collect()
    }
}

/// What comes with the product. That it can be read is tested.
fn seed() -> Models {
    let seeded: BTreeMap<ProviderType, BTreeMap<ModelId, Seeded>> = serde_json::from_str(SEED).unwrap_or_default();
    let model = |Seeded { context_tokens, capabilities, cost }: Seeded| Model {
        name: None,
        enabled: true,
        context_tokens: Some(context_tokens),
        capabilities,
        cost: Some(cost),
    };
    let of_type = |models: BTreeMap<ModelId, Seeded>| models.into_iter().map(|(id, one)| (id, model(one))).collect();
    seeded.into_iter().map(|(kind, models)| (kind, of_type(models))).collect()
}

/// `GET /v1/model-catalogue`
#[derive(Clone, Copy, Debug)]
pub struct ReadCatalogue;

impl Command for ReadCatalogue {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ReadCatalogue
    }
}

/// `PATCH /v1/model-catalogue`
#[derive(Clone, Debug)]
pub struct EditCatalogue {
    /// The version that was read.
    pub version: u64,
    /// Models by types: those that are named are changed, made, or taken away; `Clear` brings back the seed, of one type or of all.
    pub models: Patch<BTreeMap<ProviderType, Patch<ModelsPatch>>>,
}

impl Command for EditCatalogue {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageGlobalProviders
    }
}

impl EditCatalogue {
    /// The catalogue with the change.
    ///
    /// # Errors
    /// [`Code::Invalid`] beyond 100 models of a type.
    pub fn apply(&self, before: &Catalogue) -> Result<Catalogue> {
        let mut after = Catalogue { edits: before.edits.clone(), version: before.version + 1 };
        match &self.models {
            Patch::Keep => {}
            Patch::Clear => after.edits.clear(),
            Patch::Set(types) => {
                for (kind, patch) in types {
                    match patch {
                        Patch::Keep => {}
                        Patch::Clear => drop(after.edits.remove(kind)),
                        Patch::Set(models) => edit(&mut after, *kind, models)?,
                    }
                }
            }
        }
        Ok(after)
    }
}

fn edit(catalogue: &mut Catalogue, kind: ProviderType, models: &ModelsPatch) -> Result<()> {
    let before = catalogue.models_of(kind);
    for (id, patch) in models {
        let after = patch.clone().map(|patch: ModelPatch| patch.over(before.get(id)));
        catalogue.edits.entry(kind).or_default().insert(id.clone(), after);
    }
    // What is said of a model that neither the seed nor an edit has is nothing.
    let seeded = seed().remove(&kind).unwrap_or_default();
    if let Some(edits) = catalogue.edits.get_mut(&kind) {
        edits.retain(|id, edit| edit.is_some() || seeded.contains_key(id));
    }
    if catalogue.models_of(kind).len() > MODELS_MAX {
        return Err(Error::new(Code::Invalid, "a type has at most 100 models").at("/models"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(raw: &str) -> ModelId {
        ModelId::try_from(raw.to_owned()).unwrap()
    }

    fn of(kind: ProviderType, patch: Patch<ModelsPatch>) -> EditCatalogue {
        EditCatalogue { version: 0, models: Patch::Set([(kind, patch)].into()) }
    }

    #[test]
    fn the_seed_has_models_of_every_type_that_has_well_known_ones_each_with_its_size_and_price() {
        let models = Catalogue::default().models();
        for (kind, models) in models {
            assert_eq!(models.is_empty(), kind == ProviderType::Custom, "{kind:?}");
            assert!(models.len() <= MODELS_MAX);
            for (id, model) in models {
                assert!(model.context_tokens > Some(1_000) && model.cost.is_some(), "{id:?}");
                assert!(!model.capabilities.is_empty(), "{id:?}");
            }
        }
    }

    #[test]
    fn an_edit_changes_the_named_models_and_a_clear_brings_the_seed_back() {
        let (kind, known) = (ProviderType::Openai, id("gpt-5-mini"));
        let off = ModelPatch { enabled: Some(false), ..ModelPatch::default() };
        let patch: ModelsPatch = [
            (known.clone(), Some(off)),
            (id("gpt-4o"), None),
            (id("mine"), Some(ModelPatch::default())),
            (id("none"), None),
        ]
        .into();
        let edited = of(kind, Patch::Set(patch)).apply(&Catalogue::default()).unwrap();
        let models = edited.models_of(kind);
        assert_eq!((models[&known].enabled, models[&known].context_tokens), (false, Some(272_000)));
        assert!(models.contains_key(&id("mine")) && !models.contains_key(&id("gpt-4o")));
        assert_eq!(edited.edits[&kind].len(), 3, "what was never there leaves no trace");
        assert_eq!(edited.models_of(ProviderType::Google), Catalogue::default().models_of(ProviderType::Google));
        let back = of(kind, Patch::Clear).apply(&edited).unwrap();
        assert_eq!((back.models(), back.version), (Catalogue::default().models(), 2));
    }

    #[test]
    fn a_type_has_at_most_a_hundred_models() {
        let some = |count: usize| {
            let patch = (0..count).map(|number| (id(&format!("m{number}")), Some(ModelPatch::default()))).collect();
            of(ProviderType::Custom, Patch::Set(patch)).apply(&Catalogue::default())
        };
        assert!(some(MODELS_MAX).is_ok() && some(MODELS_MAX + 1).is_err());
    }
}
