//! A credential on its way from the body to the vault: held for one request, named by its mark from then on.

use domain::provider::{CredentialMark, ProviderType};
use domain::{Code, Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use utoipa::ToSchema;
use vault::{Fault, Kind, Secret};
use zeroize::Zeroizing;

use crate::App;

/// Where the key of fingerprints lies.
const KEY_PATH: &str = "platform/keys/provider-fingerprints";
/// So many versions the vault keeps of a secret, unless it is told otherwise.
const VERSIONS_KEPT: u64 = 10;
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

/// What is stored in the vault, under the names that a runtime reads.
pub(crate) struct Fields(Vec<(&'static str, Secret)>);

impl Fields {
    /// What that type of provider needs, and nothing else.
    ///
    /// # Errors
    /// [`Code::Invalid`] at the field.
    pub(crate) fn of(asked: CredentialBody, kind: ProviderType) -> Result<Self> {
        let CredentialBody { api_key, access_key_id, secret_access_key } = asked;
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
        Ok(Self(fields))
    }
}

/// A version that was written, after one that was there.
pub(crate) struct Stored {
    pub(crate) version: u64,
    after: u64,
}

impl Stored {
    /// What may still be there of older ones.
    pub(crate) fn older(&self) -> Vec<u64> {
        (self.after.saturating_sub(VERSIONS_KEPT - 1).max(1)..=self.after).collect()
    }
}

impl App {
    /// What may be known of it. The last field is the secret one, or the only one.
    pub(crate) async fn mark(&self, Fields(fields): &Fields) -> Result<CredentialMark> {
        let read = async || {
            let fresh = Secret::new((self.core.random)().to_vec());
            self.vault.secret_once(KEY_PATH, fresh).await.map_err(Error::from)
        };
        let key = self.fingerprints.get_or_try_init(read).await?;
        let mut hash = Hmac::<Sha256>::new_from_slice(key.expose()).map_err(Error::internal)?;
        for (name, value) in fields {
            // Every field ends where nothing of it can: the names and values of two are never those of one.
            for part in [name.as_bytes(), value.expose()] {
                hash.update(part);
                hash.update(&[0]);
            }
        }
        let shown = fields.last().and_then(|(_, value)| std::str::from_utf8(value.expose()).ok()).unwrap_or_default();
        Ok(CredentialMark::of(shown, &hash.finalize().into_bytes()))
    }

    /// Writes them as the newest version.
    ///
    /// # Errors
    /// [`Code::Conflict`] where somebody else writes at this moment.
    pub(crate) async fn store_after_newest(&self, path: &str, Fields(fields): &Fields) -> Result<Stored> {
        let after = self.vault.newest_version(path).await?;
        match self.vault.write_version(path, after, fields).await {
            Ok(version) => Ok(Stored { version, after }),
            // The same word for a version that is not the newest any more, and for what this function may not do.
            Err(fault) if fault.kind() == Kind::Refused => {
                let is_newest = self.vault.newest_version(path).await? == after;
                if is_newest { Err(fault.into()) } else { Err(busy()) }
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Destroys versions that nothing names any more. Where the vault does not answer they stay, unreachable, until the next
    /// credential of the provider is stored.
    pub(crate) async fn forget(&self, path: &str, versions: Vec<u64>) {
        if !versions.is_empty() {
            tell(self.vault.destroy_versions(path, versions).await);
        }
    }

    /// The same of all of them, and of their number.
    pub(crate) async fn forget_all(&self, path: &str) {
        tell(self.vault.destroy_secret(path).await);
    }
}

fn tell(forgotten: std::result::Result<(), Fault>) {
    if let Err(fault) = forgotten {
        tracing::warn!(%fault, "a credential that nothing names was not destroyed");
    }
}

fn busy() -> Error {
    Error::new(Code::Conflict, "somebody stores a credential at this moment; try again").after_seconds(1)
}
