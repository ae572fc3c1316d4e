//! Who puts credentials into the vault and takes them out of it, unread.

use std::sync::Arc;

use domain::provider::CredentialMark;
use domain::{Code, Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::OnceCell;
use vault::{Fault, Kind, Secret, Vault};

/// So many versions the vault keeps of a secret, unless it is told otherwise.
const VERSIONS_KEPT: u64 = 10;

/// The way to the vault. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Keeper {
    vault: Vault,
    random: fn() -> [u8; 32],
    /// Where the key of fingerprints lies.
    key_path: &'static str,
    /// It, once it was read.
    key: Arc<OnceCell<Secret>>,
}

/// A version that was written, after one that was there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    /// Which.
    pub(crate) version: u64,
    after: u64,
}

impl Stored {
    /// What may still be there of older ones.
    pub(crate) fn older(&self) -> Vec<u64> {
        (self.after.saturating_sub(VERSIONS_KEPT - 1).max(1)..=self.after).collect()
    }
}

impl Keeper {
    /// Makes no call. Fingerprints are made under the key at that path, which comes into being when it is needed.
    pub(crate) fn new(vault: Vault, random: fn() -> [u8; 32], key_path: &'static str) -> Self {
        Self { vault, random, key_path, key: Arc::default() }
    }

    /// What may be known of a credential. The last field is the secret one, or the only one.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub(crate) async fn mark(&self, fields: &[(&str, Secret)]) -> Result<CredentialMark> {
        let read = async || {
            let fresh = Secret::new((self.random)().to_vec());
            self.vault.secret_once(self.key_path, fresh).await.map_err(Error::from)
        };
        let key = self.key.get_or_try_init(read).await?;
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
    /// [`Code::Conflict`] where somebody else writes at this moment; when the vault does not answer.
    pub(crate) async fn store(&self, path: &str, fields: &[(&str, Secret)]) -> Result<Stored> {
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

    /// What becomes of the versions once the tables were told: the older ones go where the new one is named, the new one where
    /// the tables refused it, and none where nobody knows.
    pub(crate) async fn settle<T>(&self, path: &str, stored: Stored, told: &Result<T>) {
        let gone = match told {
            Ok(_) => stored.older(),
            Err(error) if error.code() == Code::PreconditionFailed => vec![stored.version],
            // It may be named: nobody said that it was not written.
            Err(_) => vec![],
        };
        self.forget(path, gone).await;
    }

    /// Destroys versions that nothing names any more. Where the vault does not answer they stay, unreachable, until the next
    /// credential of the same thing is stored.
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
