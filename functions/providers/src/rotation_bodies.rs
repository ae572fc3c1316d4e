//! What is asked of rotations.

use credentials::Fields;
use domain::provider::ProviderType;
use domain::rotation::{EveryDays, GraceHours};
use domain::{Code, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use vault::Secret;

use crate::credential::{CredentialBody, Typed};

/// A new credential in the place of the one that is used.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotationBody {
    /// The new one; without it the product makes a key at the provider, where it may.
    pub(crate) credential: Option<CredentialBody>,
    /// How long the old one stays valid; 24 unless given.
    #[schema(value_type = Option<u16>, maximum = 720, example = 24)]
    #[serde(default)]
    pub(crate) grace_hours: GraceHours,
}

/// How often a credential is to be replaced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduleBody {
    /// How old it gets, in days.
    #[schema(value_type = u16, minimum = 1, maximum = 365, example = 90)]
    pub(crate) every_days: EveryDays,
    /// How long an old one stays valid; 24 unless given.
    #[schema(value_type = Option<u16>, maximum = 720, example = 24)]
    #[serde(default)]
    pub(crate) grace_hours: GraceHours,
    /// Whether the product makes new keys and ends old ones itself: possible for `bedrock`, `azure_openai` and `openai`. Else people
    /// are reminded.
    pub(crate) automatic: bool,
    /// Who may make and end keys, of `azure_openai` and `openai`; without it the one that was stored before.
    pub(crate) rotation_credential: Option<RotationCredentialBody>,
}

/// A second credential, which may make and end keys: of `azure_openai` a service principal and the resource, of `openai` an admin key
/// and the project.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotationCredentialBody {
    /// The directory, of `azure_openai`.
    #[schema(value_type = Option<String>, max_length = 200)]
    tenant_id: Option<Typed>,
    /// The principal, of `azure_openai`.
    #[schema(value_type = Option<String>, max_length = 200)]
    client_id: Option<Typed>,
    /// The resource, of `azure_openai`.
    #[schema(value_type = Option<String>, max_length = 600,
        example = "/subscriptions/…/resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/…")]
    resource_id: Option<Typed>,
    /// The principal's secret, of `azure_openai`.
    #[schema(value_type = Option<String>, format = Password, max_length = 4096)]
    client_secret: Option<Typed>,
    /// The project whose service accounts have the keys, of `openai`.
    #[schema(value_type = Option<String>, max_length = 200)]
    project_id: Option<Typed>,
    /// An admin key of the organization, of `openai`.
    #[schema(value_type = Option<String>, format = Password, max_length = 4096)]
    admin_key: Option<Typed>,
}

/// What a value has to be.
#[derive(Clone, Copy)]
enum Form {
    Name,
    Resource,
    Secret,
}

impl RotationCredentialBody {
    /// What that type of provider needs, and nothing else. The last one is the secret one.
    ///
    /// # Errors
    /// [`Code::Invalid`] at the field.
    pub(crate) fn fields(self, kind: ProviderType) -> Result<Fields> {
        let Self { tenant_id, client_id, resource_id, client_secret, project_id, admin_key } = self;
        let (azure, openai) = (kind == ProviderType::AzureOpenai, kind == ProviderType::Openai);
        let given = [
            ("tenant_id", tenant_id, azure, Form::Name),
            ("client_id", client_id, azure, Form::Name),
            ("resource_id", resource_id, azure, Form::Resource),
            ("client_secret", client_secret, azure, Form::Secret),
            ("project_id", project_id, openai, Form::Name),
            ("admin_key", admin_key, openai, Form::Secret),
        ];
        let mut fields = vec![];
        for (name, typed, is_needed, form) in given {
            let at = || format!("/rotation_credential/{name}");
            let refused = |words: &'static str| Error::new(Code::Invalid, words).at(at());
            match typed {
                Some(_) if !is_needed => return Err(refused("providers of this type have no such credential")),
                None if is_needed => return Err(refused("providers of this type need this")),
                Some(typed) => {
                    let text = typed.text();
                    form.check(text).map_err(refused)?;
                    fields.push((name, Secret::new(text.as_bytes().to_vec())));
                }
                None => {}
            }
        }
        Ok(Fields::new(fields))
    }
}

impl Form {
    fn check(self, text: &str) -> std::result::Result<(), &'static str> {
        let is_name = |text: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            let is_dots = text.bytes().all(|byte| byte == b'.');
            (1..=200).contains(&text.len()) && text.bytes().all(is_plain) && !is_dots
        };
        match self {
            Self::Name if is_name(text) => Ok(()),
            Self::Name => Err("must be 1 to 200 letters, digits, and -_."),
            Self::Resource if is_resource(text) => Ok(()),
            Self::Resource => Err("must be the id of an account of Microsoft.CognitiveServices"),
            Self::Secret if (1..=4_096).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Ok(())
            }
            Self::Secret => Err("must be 1 to 4096 visible ASCII characters"),
        }
    }
}

/// Nothing but an account can be named, so that no other address of the management API is called.
fn is_resource(text: &str) -> bool {
    let parts: Vec<&str> = text.trim_start_matches('/').split('/').collect();
    let is_plain = |part: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'(' | b')');
        (1..=90).contains(&part.len()) && part.bytes().all(known) && !part.bytes().all(|byte| byte == b'.')
    };
    let names = ["subscriptions", "resourceGroups", "providers", "Microsoft.CognitiveServices", "accounts"];
    match parts.as_slice() {
        [subscriptions, subscription, groups, group, providers, provider, accounts, account] => {
            let said = [subscriptions, groups, providers, provider, accounts];
            said.iter().zip(names).all(|(said, name)| said.eq_ignore_ascii_case(name))
                && [subscription, group, account].iter().all(|part| is_plain(part))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_an_account_and_nothing_else() {
        let account = "/subscriptions/0a/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/acme";
        assert!(is_resource(account));
        assert!(is_resource(&account.to_lowercase()));
        for other in [
            "",
            "/",
            "/subscriptions/0a",
            &format!("{account}/deployments/a"),
            &account.replace("0a", ".."),
            &account.replace("acme", "a b"),
            &account.replace("acme", ""),
            &account.replace("CognitiveServices", "Compute"),
            &account.replace("acme", "a?b"),
        ] {
            assert!(!is_resource(other), "{other}");
        }
    }
}
