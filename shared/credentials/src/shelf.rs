//! Versions of credentials in the vault, and their marks.

use std::sync::Arc;

use domain::provider::CredentialMark;
use domain::{Code, Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::OnceCell;
use vault::{Fault, Kind, Secret, Vault};

use crate::fields::{Fields, HANDLE, ROTATION};

/// Where the key of fingerprints lies.
const KEY_PATH: &str = "platform/keys/provider-fingerprints";
/// So many versions the vault keeps of a secret, unless it is told otherwise.
const VERSIONS_KEPT: u64 = 10;

/// Where credentials lie. Cheap to clone.
#[derive(Clone)]
pub struct Shelf {
    vault: Vault,
    /// The key of fingerprints, once it was read.
    fingerprints: Arc<OnceCell<Secret>>,
}

/// A version that was written, after one that was there.
pub struct Stored {
    /// Its number.
    pub version: u64,
    after: u64,
}

impl Stored {
    /// What may still be there of older ones.
    #[must_use]
    pub fn older(&self) -> Vec<u64> {
        older_than(self.after + 1)
    }
}

impl Shelf {
    /// Makes no call.
    #[must_use]
    pub fn new(vault: Vault) -> Self {
        Self { vault, fingerprints: Arc::default() }
    }

    /// What may be known of it. `fresh` becomes the key of fingerprints where there is none yet. Two calls, once.
    ///
    /// # Errors
    /// The vault does not answer.
    pub async fn mark(&self, fields: &Fields, fresh: [u8; 32]) -> Result<CredentialMark> {
        let read = async || {
            let fresh = Secret::new(fresh.to_vec());
            self.vault.secret_once(KEY_PATH, fresh).await.map_err(Error::from)
        };
        let key = self.fingerprints.get_or_try_init(read).await?;
        let mut hash = Hmac::<Sha256>::new_from_slice(key.expose()).map_err(Error::internal)?;
        let mut shown = "";
        for (name, value) in fields.parts().iter().filter(|(name, _)| ![ROTATION, HANDLE].contains(name)) {
            // Every field ends where nothing of it can: the names and values of two are never those of one.
            for part in [name.as_bytes(), value.expose()] {
                hash.update(part);
                hash.update(&[0]);
            }
            shown = std::str::from_utf8(value.expose()).unwrap_or_default();
        }
        Ok(CredentialMark::of(shown, &hash.finalize().into_bytes()))
    }

    /// Writes them as the newest version. Two calls, three for the loser of a race.
    ///
    /// # Errors
    /// [`Code::Conflict`] where somebody else writes at this moment.
    pub async fn store_after_newest(&self, path: &str, fields: &Fields) -> Result<Stored> {
        let after = self.vault.newest_version(path).await?;
        self.store_after(path, after, fields).await
    }

    /// Writes them as the version after that one.
    ///
    /// # Errors
    /// [`Code::Conflict`] where that is not the newest.
    pub async fn store_after(&self, path: &str, after: u64, fields: &Fields) -> Result<Stored> {
        match self.vault.write_version(path, after, fields.parts()).await {
            Ok(version) => Ok(Stored { version, after }),
            // The same word for a version that is not the newest any more, and for what this function may not do.
            Err(fault) if fault.kind() == Kind::Refused => {
                let is_newest = self.vault.newest_version(path).await? == after;
                if is_newest { Err(fault.into()) } else { Err(busy()) }
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Destroys versions that nothing names any more. Where the vault does not answer they stay, unreachable, until the sweep of
    /// rotations comes by, which every change that makes one unnamed asks for.
    pub async fn forget(&self, path: &str, versions: Vec<u64>) {
        if !versions.is_empty() {
            tell(self.vault.destroy_versions(path, versions).await);
        }
    }

    /// The same of all of them, and of their number.
    pub async fn forget_all(&self, path: &str) {
        tell(self.vault.destroy_secret(path).await);
    }
}

/// What may still be there of versions older than that one.
pub(crate) fn older_than(version: u64) -> Vec<u64> {
    (version.saturating_sub(VERSIONS_KEPT).max(1)..version).collect()
}

impl Shelf {
    /// Whether one more version may be written beside the one that is used, without the vault dropping that: it keeps the newest
    /// ten, whatever the tables name.
    #[must_use]
    pub fn has_room(used: u64, newest: u64) -> bool {
        newest.saturating_sub(used) + 2 < VERSIONS_KEPT
    }

    /// The newest number at the path, of whatever became of it. One call.
    ///
    /// # Errors
    /// The vault does not answer.
    pub async fn newest(&self, path: &str) -> Result<u64> {
        Ok(self.vault.newest_version(path).await?)
    }

    /// The numbers of versions older than that one that the vault may still have.
    #[must_use]
    pub fn older_than(version: u64) -> Vec<u64> {
        older_than(version)
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
