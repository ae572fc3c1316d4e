//! How a provider is reached: its type, its address, and what that type needs besides.

use serde::{Deserialize, Serialize};

use super::BaseUrl;
use crate::settings::SettingText;
use crate::{Code, Error, Patch, Rejected, Result};

/// What a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderType {
    /// OpenAI's own API.
    Openai,
    /// Anthropic's own API.
    Anthropic,
    /// Google's Gemini API.
    Google,
    /// OpenAI's models at Microsoft Azure.
    AzureOpenai,
    /// Amazon Bedrock.
    Bedrock,
    /// Whatever speaks OpenAI's API, also on one's own machines.
    Custom,
}

impl ProviderType {
    /// Every type.
    pub const ALL: [Self; 6] =
        [Self::Openai, Self::Anthropic, Self::Google, Self::AzureOpenai, Self::Bedrock, Self::Custom];

    /// The address that its maker publishes; none where each customer has another one.
    fn published(self) -> Option<&'static str> {
        match self {
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com"),
            Self::Google => Some("https://generativelanguage.googleapis.com"),
            Self::AzureOpenai | Self::Bedrock | Self::Custom => None,
        }
    }
}

/// What some types need besides their address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeSettings {
    /// The API's version: of `azure_openai`, which needs one, and of `anthropic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<ApiVersion>,
    /// The region of `bedrock`, which needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The organization at `openai` that calls are billed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<SettingText>,
}

/// A version as providers write it, such as `2024-10-21` or `2025-01-01-preview`: 1 to 40 of `a-z`, `0-9`, `.` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ApiVersion(String);

/// A region of AWS, such as `eu-central-1`: 1 to 30 of `a-z`, `0-9` and single `-` inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl TryFrom<String> for ApiVersion {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let fits = (1..=40).contains(&raw.len())
            && raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        fits.then_some(Self(raw)).ok_or(Rejected("must be 1 to 40 of a-z, 0-9, dots and hyphens"))
    }
}

impl From<ApiVersion> for String {
    fn from(version: ApiVersion) -> Self {
        version.0
    }
}

impl TryFrom<String> for Region {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let fits = raw.len() <= 30 && raw.split('-').all(part);
        fits.then_some(Self(raw)).ok_or(Rejected("must be a region of AWS, such as eu-central-1"))
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

/// A type with its address and settings, which fit each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    kind: ProviderType,
    base_url: BaseUrl,
    #[serde(flatten)]
    settings: TypeSettings,
}

impl Endpoint {
    /// Without an address the one that its maker publishes.
    ///
    /// # Errors
    /// [`Code::Invalid`] at the field that is missing, or that this type does not have.
    pub fn new(kind: ProviderType, base_url: Option<BaseUrl>, settings: TypeSettings) -> Result<Self> {
        use ProviderType::{Anthropic, AzureOpenai, Bedrock, Openai};
        let fields = [
            (
                "/api_version",
                settings.api_version.is_some(),
                kind == AzureOpenai,
                matches!(kind, AzureOpenai | Anthropic),
            ),
            ("/region", settings.region.is_some(), kind == Bedrock, kind == Bedrock),
            ("/organization_id", settings.organization_id.is_some(), false, kind == Openai),
        ];
        for (pointer, is_given, is_needed, is_known) in fields {
            if is_given && !is_known {
                return Err(Error::new(Code::Invalid, "providers of this type have no such setting").at(pointer));
            }
            if is_needed && !is_given {
                return Err(Error::new(Code::Invalid, "providers of this type need this setting").at(pointer));
            }
        }
        let base_url = match base_url {
            Some(base_url) => base_url,
            None => published(kind, &settings)?,
        };
        Ok(Self { kind, base_url, settings })
    }

    /// What it speaks.
    #[must_use]
    pub fn kind(&self) -> ProviderType {
        self.kind
    }

    /// Where it is called.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// What its type needs besides.
    #[must_use]
    pub fn settings(&self) -> &TypeSettings {
        &self.settings
    }

    /// Whether a credential that was stored for the one may be used at the other: a key goes nowhere but where it was meant to.
    #[must_use]
    pub fn takes_credential_of(&self, before: &Self) -> bool {
        self.kind == before.kind && self.base_url.origin() == before.base_url.origin()
    }
}

fn published(kind: ProviderType, settings: &TypeSettings) -> Result<BaseUrl> {
    let of_region = |region: &Region| format!("https://bedrock-runtime.{}.amazonaws.com", region.0);
    let address = settings.region.as_ref().map(of_region).or_else(|| kind.published().map(str::to_owned));
    let missing = || Error::new(Code::Invalid, "providers of this type need an address").at("/base_url");
    BaseUrl::try_from(address.ok_or_else(missing)?).map_err(Error::internal)
}

/// What becomes of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointPatch {
    /// Another type.
    pub kind: Option<ProviderType>,
    /// Another address; `Clear` = the published one.
    pub base_url: Patch<BaseUrl>,
    /// Another version of the API.
    pub api_version: Patch<ApiVersion>,
    /// Another region.
    pub region: Patch<Region>,
    /// Another organization.
    pub organization_id: Patch<SettingText>,
}

impl EndpointPatch {
    /// The endpoint with the change. Of another type, or in another region, a published address goes along.
    ///
    /// # Errors
    /// As [`Endpoint::new`].
    pub fn over(&self, before: &Endpoint) -> Result<Endpoint> {
        let Self { kind, base_url, api_version, region, organization_id } = self.clone();
        let TypeSettings { api_version: had_version, region: had_region, organization_id: had_organization } =
            before.settings.clone();
        let was_published = published(before.kind, &before.settings).is_ok_and(|url| url == before.base_url);
        let kept = Some(before.base_url.clone()).filter(|_| !was_published);
        let settings = TypeSettings {
            api_version: api_version.over(had_version),
            region: region.over(had_region),
            organization_id: organization_id.over(had_organization),
        };
        Endpoint::new(kind.unwrap_or(before.kind), base_url.over(kept), settings)
    }
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
