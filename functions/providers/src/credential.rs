//! A credential on its way from the body to the vault: held for one request, named by its mark from then on.

use credentials::Fields;
use domain::provider::ProviderType;
use domain::{Code, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use vault::Secret;
use zeroize::Zeroizing;

const BYTES_MAX: usize = 4_096;

/// A secret as somebody typed it: wiped when dropped; no `Debug`, no serialisation.
#[derive(Deserialize)]
#[serde(from = "String")]
pub(crate) struct Typed(Zeroizing<String>);

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Typed {
    /// The text; whoever copies it wipes the copy.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// A provider's credential: `api_key`, or for `bedrock` the keys of an AWS user. Each 1 to 4,096 visible ASCII characters.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CredentialBody {
    /// The key, of every type but `bedrock`.
    #[schema(value_type = Option<String>, format = Password, min_length = 1, max_length = 4096)]
    api_key: Option<Typed>,
    /// The access key's id, of `bedrock`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 4096)]
    access_key_id: Option<Typed>,
    /// The secret access key, of `bedrock`.
    #[schema(value_type = Option<String>, format = Password, min_length = 1, max_length = 4096)]
    secret_access_key: Option<Typed>,
}

impl CredentialBody {
    /// What that type of provider needs, and nothing else.
    ///
    /// # Errors
    /// [`Code::Invalid`] at the field.
    pub(crate) fn fields(self, kind: ProviderType) -> Result<Fields> {
        let CredentialBody { api_key, access_key_id, secret_access_key } = self;
        let is_aws = kind == ProviderType::Bedrock;
        let given = [
            ("api_key", api_key, !is_aws),
            ("access_key_id", access_key_id, is_aws),
            ("secret_access_key", secret_access_key, is_aws),
        ];
        let mut fields = vec![];
        for (name, typed, is_needed) in given {
            let refused = |words: &'static str| Error::new(Code::Invalid, words).at(format!("/{name}"));
            match typed {
                Some(_) if !is_needed => return Err(refused("providers of this type have no such credential")),
                None if is_needed => return Err(refused("providers of this type need this")),
                Some(Typed(text)) => {
                    let fits =
                        (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
                    if !fits {
                        return Err(refused("must be 1 to 4096 visible ASCII characters"));
                    }
                    fields.push((name, Secret::new(text.as_bytes().to_vec())));
                }
                None => {}
            }
        }
        Ok(Fields::new(fields))
    }
}
