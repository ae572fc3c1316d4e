//! Who chose what: the platform, an organization and a person, each over the one before, resolved when something is told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::Change;
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

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The product itself.
    Product,
    /// The platform's defaults.
    Platform,
    /// An organization's defaults.
    Organization,
    /// The person's own choice.
    Own,
}

/// Whether a kind uses a channel, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective {
    /// Whether it does.
    pub told: bool,
    /// Who says so.
    pub layer: Layer,
}

/// The choices of one layer as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoiceSet {
    /// What was chosen.
    pub choices: NoticeChoices,
    /// Counts changes; 0 as long as nobody chose anything.
    pub version: u64,
}

impl Layer {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Platform => "platform",
            Self::Organization => "organization",
            Self::Own => "own",
        }
    }
}

impl NoticeChoices {
    /// What was chosen of each kind, for those of which anything was.
    pub fn iter(&self) -> impl Iterator<Item = (NoticeKind, Choice)> + '_ {
        self.0.iter().map(|(kind, choice)| (*kind, *choice))
    }

    /// What the record of a change says: each kind and channel whose choice is another one.
    #[must_use]
    pub fn changes(&self, after: &Self) -> Vec<Change> {
        let all = NoticeKind::ALL.into_iter().flat_map(|kind| Channel::ALL.map(|channel| (kind, channel)));
        let change = |(kind, channel): (NoticeKind, Channel)| {
            let field = format!("{}.{}", kind.name(), channel.as_str());
            Change::between(&field, self.get(kind, channel), after.get(kind, channel))
        };
        all.filter_map(change).collect()
    }

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
    /// By which channels the recipient is told of that kind.
    #[must_use]
    pub fn resolve(&self, kind: NoticeKind) -> Channels {
        let told = |channel| self.effective(kind, channel).told;
        Channels { in_app: told(Channel::InApp), email: told(Channel::Email) }
    }

    /// Whether a kind uses a channel: what cannot be switched as it is, else the recipient's own choice, else the
    /// organization's, else the platform's, else the product's.
    #[must_use]
    pub fn effective(&self, kind: NoticeKind, channel: Channel) -> Effective {
        let product = match kind.setting(channel) {
            Setting::Fixed(told) => return Effective { told, layer: Layer::Product },
            Setting::Default(told) => Effective { told, layer: Layer::Product },
        };
        let layers =
            [(self.own, Layer::Own), (self.organization, Layer::Organization), (self.platform, Layer::Platform)];
        let chosen = |(choices, layer): (&NoticeChoices, Layer)| Some((choices.get(kind, channel)?, layer));
        let first = layers.into_iter().find_map(chosen);
        first.map_or(product, |(told, layer)| Effective { told, layer })
    }
}

fn may_choose(kind: NoticeKind, channel: Channel, patch: &Patch<bool>) -> Result<()> {
    match patch {
        Patch::Set(_) if !kind.can_be_switched(channel) => {
            let pointer = format!("/choices/{}/{}", kind.name(), channel.as_str());
            Err(Error::new(Code::Invalid, "this cannot be switched").at(pointer))
        }
        Patch::Set(_) | Patch::Keep | Patch::Clear => Ok(()),
    }
}

#[cfg(test)]
#[path = "notification_choices_tests.rs"]
mod tests;
