//! Settings that an organization's admins choose.

use serde::{Deserialize, Serialize};

use crate::Patch;
use crate::id::ProviderId;

/// What an organization has chosen; absent = the platform's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationSettings {
    /// The provider that is taken where several offer a model, after the organization's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_provider: Option<ProviderId>,
    /// The model that is taken where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_model: Option<ModelId>,
}

/// A setting's text: 1 to 200 characters without controls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SettingText(String);

impl TryFrom<String> for SettingText {
    type Error = crate::Rejected;
    fn try_from(raw: String) -> Result<Self, Self::Error> {
        let fits = (1..=200).contains(&raw.chars().count()) && !raw.chars().any(char::is_control);
        fits.then_some(Self(raw)).ok_or(crate::Rejected("must be 1 to 200 printable characters"))
    }
}

impl From<SettingText> for String {
    fn from(text: SettingText) -> Self {
        text.0
    }
}

/// What a provider calls a model: 1 to 128 visible ASCII characters, as in `meta-llama/Llama-3.1-8B-Instruct`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelId(String);

impl TryFrom<String> for ModelId {
    type Error = crate::Rejected;
    fn try_from(raw: String) -> Result<Self, Self::Error> {
        let fits = (1..=128).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then_some(Self(raw)).ok_or(crate::Rejected("must be 1 to 128 visible ASCII characters"))
    }
}

impl From<ModelId> for String {
    fn from(id: ModelId) -> Self {
        id.0
    }
}

/// A merge patch of [`OrganizationSettings`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// See [`OrganizationSettings::default_provider`].
    #[serde(default)]
    pub default_provider: Patch<ProviderId>,
    /// See [`OrganizationSettings::default_model`].
    #[serde(default)]
    pub default_model: Patch<ModelId>,
}

impl OrganizationSettings {
    /// These settings with the patch over them.
    #[must_use]
    pub fn patched(&self, SettingsPatch { default_provider, default_model }: SettingsPatch) -> Self {
        Self {
            default_provider: default_provider.over(self.default_provider),
            default_model: default_model.over(self.default_model.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_by_at_most_128_visible_ascii_characters() {
        let model = |raw: &str| ModelId::try_from(raw.to_owned()).is_ok();
        assert!(model("us.anthropic.claude-sonnet-4:0") && model(&"x".repeat(128)));
        for refused in ["", &"x".repeat(129), "gpt 5", "gpt-5\n", "模型"] {
            assert!(!model(refused), "{refused} was taken for a model");
        }
    }
}
