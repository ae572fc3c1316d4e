//! What an organization's admins choose among the models that it is offered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::ProviderId;
use crate::settings::ModelId;
use crate::{Action, Code, Command, Error, OrgScope, Patch, Result};

/// So many models, and so many providers, an organization says something of at most.
pub const CHOICES_MAX: usize = 200;

/// What is switched off for an organization, and what is taken in place of what. What is not named is as it is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoices {
    /// Providers that may not be used here.
    #[serde(default)]
    pub providers_off: BTreeSet<ProviderId>,
    /// Models that may not be used here, of whatever provider.
    #[serde(default)]
    pub models_off: BTreeSet<ModelId>,
    /// The model that is taken where another one is asked for, such as a cheaper one. Taken once: never the substitute of one.
    #[serde(default)]
    pub instead: BTreeMap<ModelId, ModelId>,
    /// Counts changes; the `ETag`. 0 where nothing was chosen yet.
    pub version: u64,
}

/// `GET …/model-choices`, `GET …/models`
#[derive(Clone, Copy, Debug)]
pub struct ReadModelChoices;

impl Command for ReadModelChoices {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadModels
    }
}

/// `PATCH …/model-choices`
#[derive(Clone, Debug, Default)]
pub struct EditModelChoices {
    /// The version that was read.
    pub version: u64,
    /// Providers, and whether they may be used; `Clear` lets all be used.
    pub providers: Patch<BTreeMap<ProviderId, bool>>,
    /// Models, and whether they may be used; `Clear` lets all be used.
    pub models: Patch<BTreeMap<ModelId, bool>>,
    /// Models and what is taken for them, nothing else where there is none; `Clear` takes each for itself.
    pub instead: Patch<BTreeMap<ModelId, Option<ModelId>>>,
}

impl Command for EditModelChoices {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageModelAccess
    }
}

impl EditModelChoices {
    /// The choices with the change.
    ///
    /// # Errors
    /// [`Code::Invalid`] beyond [`CHOICES_MAX`], and for a model in its own place.
    pub fn apply(&self, before: &ModelChoices) -> Result<ModelChoices> {
        let after = ModelChoices {
            providers_off: switched(&self.providers, &before.providers_off),
            models_off: switched(&self.models, &before.models_off),
            instead: match &self.instead {
                Patch::Keep => before.instead.clone(),
                Patch::Clear => BTreeMap::new(),
                Patch::Set(changed) => {
                    let kept = before.instead.iter().filter(|(model, _)| !changed.contains_key(model));
                    let set = changed.iter().filter_map(|(model, to)| Some((model, to.as_ref()?)));
                    kept.chain(set).map(|(model, to)| (model.clone(), to.clone())).collect()
                }
            },
            version: before.version + 1,
        };
        let refused = |words, at| Err(Error::new(Code::Invalid, words).at(at));
        match () {
            () if after.providers_off.len() > CHOICES_MAX => refused("at most 200 may be off", "/providers"),
            () if after.models_off.len() > CHOICES_MAX => refused("at most 200 may be off", "/models"),
            () if after.instead.len() > CHOICES_MAX => refused("at most 200 may have a substitute", "/instead"),
            () if after.instead.iter().any(|(model, to)| model == to) => {
                refused("a model must not be its own substitute", "/instead")
            }
            () => Ok(after),
        }
    }
}

/// What is off after it.
fn switched<T: Clone + Ord>(patch: &Patch<BTreeMap<T, bool>>, off: &BTreeSet<T>) -> BTreeSet<T> {
    match patch {
        Patch::Keep => off.clone(),
        Patch::Clear => BTreeSet::new(),
        Patch::Set(changed) => {
            let kept = off.iter().filter(|id| !changed.contains_key(id));
            kept.chain(changed.iter().filter(|(_, on)| !**on).map(|(id, _)| id)).cloned().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(raw: &str) -> ModelId {
        ModelId::try_from(raw.to_owned()).unwrap()
    }

    #[test]
    fn a_change_of_one_model_leaves_the_others_as_they_are() {
        let off = EditModelChoices {
            models: Patch::Set([(model("a"), false), (model("b"), false)].into()),
            instead: Patch::Set([(model("dear"), Some(model("cheap")))].into()),
            ..EditModelChoices::default()
        };
        let before = off.apply(&ModelChoices::default()).unwrap();
        let on = EditModelChoices {
            models: Patch::Set([(model("a"), true)].into()),
            instead: Patch::Set([(model("other"), Some(model("cheap")))].into()),
            ..EditModelChoices::default()
        };
        let after = on.apply(&before).unwrap();
        assert_eq!((after.models_off, after.instead.len(), after.version), ([model("b")].into(), 2, 2));
        let none = EditModelChoices { models: Patch::Clear, instead: Patch::Clear, ..EditModelChoices::default() };
        let none = none.apply(&before).unwrap();
        assert_eq!((none.models_off.len(), none.instead.len()), (0, 0));
    }

    #[test]
    fn a_model_is_not_its_own_substitute_and_no_more_than_two_hundred_are_chosen_of() {
        let itself = EditModelChoices {
            instead: Patch::Set([(model("a"), Some(model("a")))].into()),
            ..EditModelChoices::default()
        };
        assert!(itself.apply(&ModelChoices::default()).is_err());
        let many = |count: usize| EditModelChoices {
            models: Patch::Set((0..count).map(|number| (model(&format!("m{number}")), false)).collect()),
            ..EditModelChoices::default()
        };
        assert!(many(CHOICES_MAX).apply(&ModelChoices::default()).is_ok());
        assert!(many(CHOICES_MAX + 1).apply(&ModelChoices::default()).is_err());
    }
}
