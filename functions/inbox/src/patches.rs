//! A merge patch of choices, as it is sent.

use std::collections::BTreeMap;

use api::Object;
use domain::Patch;
use domain::notification::NoticeKind;
use domain::notification_choices::{ChoicePatch, ChoicesPatch};
use serde::Deserialize;
use utoipa::ToSchema;

type Choices = BTreeMap<NoticeKind, Patch<Object<ChoiceEdit>>>;

/// A merge patch of what was chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoicesEdit {
    /// By kind. A kind, or a channel of it, that is `null` follows the layer below again; `null` for all of it does so for
    /// everything.
    #[schema(value_type = Option<HashMap<String, ChoiceEdit>>, example = json!({ "membership.joined": { "email": false } }))]
    #[serde(default)]
    choices: Patch<Object<Choices>>,
}

/// What is chosen of one kind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceEdit {
    /// Whether it is told in the inbox.
    #[schema(value_type = Option<bool>, example = true)]
    #[serde(default)]
    in_app: Patch<bool>,
    /// Whether it is told by mail.
    #[schema(value_type = Option<bool>, example = false)]
    #[serde(default)]
    email: Patch<bool>,
}

impl From<ChoicesEdit> for ChoicesPatch {
    fn from(ChoicesEdit { choices }: ChoicesEdit) -> Self {
        match choices {
            Patch::Keep => Self::new(),
            Patch::Clear => NoticeKind::ALL.into_iter().map(|kind| (kind, Patch::Clear)).collect(),
            Patch::Set(Object(choices)) => choices.into_iter().map(|(kind, edit)| (kind, edit.map(patch))).collect(),
        }
    }
}

fn patch(Object(ChoiceEdit { in_app, email }): Object<ChoiceEdit>) -> ChoicePatch {
    ChoicePatch { in_app, email }
}
