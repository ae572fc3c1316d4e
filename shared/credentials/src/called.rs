//! From a stored provider to a call of its kind.

use std::collections::BTreeMap;

use domain::provider::{Provider, ProviderType, TypeSettings};
use domain::settings::ModelId;
use outbound::Address;
use probes::{AwsKeys, Key, Label};
use vault::Secret;
use zeroize::Zeroizing;

/// What the vault keeps of a credential.
pub type Kept = BTreeMap<String, Secret>;

/// Why nobody can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// There is none.
    NoCredential,
    /// What is stored is no credential of this type.
    Unusable,
    /// The type's settings do not make a call.
    Settings,
}

/// Whom to call, with which credential. `control` is where Bedrock's models are managed, if it is not where Amazon does that.
///
/// # Errors
/// Any [`Impossible`].
pub fn called(
    provider: &Provider,
    kept: Option<Kept>,
    model: Option<ModelId>,
    control: Option<Address>,
) -> Result<probes::Provider, Impossible> {
    let endpoint = &provider.endpoint;
    let base = Address::try_from(endpoint.base_url().to_string().as_str()).map_err(|_| Impossible::Settings)?;
    let TypeSettings { api_version, region, organization_id } = endpoint.settings().clone();
    let first = || provider.models.iter().find(|(_, model)| model.enabled).map(|(id, _)| id.clone());
    let model = model.or_else(first).map(String::from);
    let key = |kept: Option<Kept>| secret(kept, "api_key")?.ok_or(Impossible::NoCredential);
    Ok(match endpoint.kind() {
        ProviderType::Openai => {
            let organization = label(organization_id.map(String::from))?;
            probes::Provider::OpenAi { base: Some(base), organization, model, key: key(kept)? }
        }
        // On one's own machines a server may want no credential.
        ProviderType::Custom => probes::Provider::Custom { base, model, key: secret(kept, "api_key")? },
        ProviderType::AzureOpenai => {
            let api_version = label(api_version.map(String::from))?.ok_or(Impossible::Settings)?;
            probes::Provider::AzureOpenAi { base, api_version, deployment: model, key: key(kept)? }
        }
        ProviderType::Anthropic => {
            let api_version = label(api_version.map(String::from))?;
            probes::Provider::Anthropic { base: Some(base), api_version, key: key(kept)? }
        }
        ProviderType::Google => probes::Provider::Google { base: Some(base), key: key(kept)? },
        // Where models are managed is another address than where they are called, and is known by the region.
        ProviderType::Bedrock => {
            let region = label(region.map(String::from))?.ok_or(Impossible::Settings)?;
            probes::Provider::Bedrock { control, region, keys: aws_keys(kept)? }
        }
    })
}

fn label(text: Option<String>) -> Result<Option<Label>, Impossible> {
    text.map(|text| Label::try_from(text.as_str()).map_err(|_| Impossible::Settings)).transpose()
}

fn secret(kept: Option<Kept>, name: &str) -> Result<Option<Key>, Impossible> {
    let text = |secret: Secret| std::str::from_utf8(secret.expose()).map(|text| Zeroizing::new(text.to_owned()));
    let text = kept.and_then(|mut kept| kept.remove(name)).map(text).transpose().map_err(|_| Impossible::Unusable)?;
    text.map(Key::new).transpose().map_err(|_| Impossible::Unusable)
}

fn aws_keys(kept: Option<Kept>) -> Result<AwsKeys, Impossible> {
    let mut kept = kept.ok_or(Impossible::NoCredential)?;
    let id = kept.remove("access_key_id").ok_or(Impossible::NoCredential)?;
    let id = std::str::from_utf8(id.expose()).map_err(|_| Impossible::Unusable)?;
    let access_key_id = Label::try_from(id).map_err(|_| Impossible::Unusable)?;
    let secret_access_key = secret(Some(kept), "secret_access_key")?.ok_or(Impossible::NoCredential)?;
    Ok(AwsKeys { access_key_id, secret_access_key, session_token: None })
}

/// One part of a credential as text, wiped when dropped.
#[must_use]
pub fn text(kept: &Kept, name: &str) -> Option<Zeroizing<String>> {
    let bytes = kept.get(name)?.expose();
    std::str::from_utf8(bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}
