//! Who chose what: the platform, an organization and a person, each over the one before, resolved when something is told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::notification::{Channel, Channels, NoticeKind, Setting};
use crate::{Code, Error, Patch, Result};

/// What the platform, an organization or a person chose; what is absent follows the layer below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeChoices(BTreeMap<NoticeKind, Choice>);

/// What was chosen of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// For the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_app: Option<bool>,
    /// For mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<bool>,
}

/// A merge patch of [`NoticeChoices`]; `null` goes back to the layer below.
pub type ChoicesPatch = BTreeMap<NoticeKind, Patch<ChoicePatch>>;

/// A merge patch of a [`Choice`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoicePatch {
    /// For the inbox.
    #[serde(default)]
    pub in_app: Patch<bool>,
    /// For mail.
    #[serde(default)]
    pub email: Patch<bool>,
}

/// The three layers for one recipient. Somebody without an account has no layer of their own, and what belongs to no
/// organization has none of an organization: an empty one stands there.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    /// The platform's.
    pub platform: &'a NoticeChoices,
    /// Those of the organization in which it happened.
    pub organization: &'a NoticeChoices,
    /// The recipient's own.
    pub own: &'a NoticeChoices,
}

impl NoticeChoices {
    /// What was chosen.
    #[must_use]
    pub fn get(&self, kind: NoticeKind, channel: Channel) -> Option<bool> {
        let choice = self.0.get(&kind)?;
        match channel {
            Channel::InApp => choice.in_app,
            Channel::Email => choice.email,
        }
    }

    /// These choices with the patch over them.
    ///
    /// # Errors
    /// [`Code::Invalid`] at the field that cannot be switched.
    pub fn patched(&self, patch: ChoicesPatch) -> Result<Self> {
        let mut choices = self.0.clone();
        for (kind, patch) in patch {
            let before = choices.remove(&kind).unwrap_or_default();
            let after = match patch {
                Patch::Keep => before,
                Patch::Clear => Choice::default(),
                Patch::Set(ChoicePatch { in_app, email }) => {
                    may_choose(kind, Channel::InApp, &in_app)?;
                    may_choose(kind, Channel::Email, &email)?;
                    Choice { in_app: in_app.over(before.in_app), email: email.over(before.email) }
                }
            };
            if after != Choice::default() {
                choices.insert(kind, after);
            }
        }
        Ok(Self(choices))
    }
}

impl Layers<'_> {
    /// By which channels the recipient is told of that kind: what cannot be switched as it is, else the recipient's own
    /// choice, else the organization's, else the platform's, else the product's.
    #[must_use]
    pub fn resolve(&self, kind: NoticeKind) -> Channels {
        let told = |channel| match kind.setting(channel) {
            Setting::Fixed(told) => told,
            Setting::Default(default) => [self.own, self.organization, self.platform]
                .into_iter()
                .find_map(|layer| layer.get(kind, channel))
                .unwrap_or(default),
        };
        Channels { in_app: told(Channel::InApp), email: told(Channel::Email) }
    }
}

fn may_choose(kind: NoticeKind, channel: Channel, patch: &Patch<bool>) -> Result<()> {
    match patch {
        Patch::Set(_) if !kind.can_be_switched(channel) => {
            let pointer = format!("/{}/{}", kind.name(), channel.as_str());
            Err(Error::new(Code::Invalid, "this cannot be switched").at(pointer))
        }
        Patch::Set(_) | Patch::Keep | Patch::Clear => Ok(()),
    }
}

#[cfg(test)]
#[path = "notification_choices_tests.rs"]
mod tests;
