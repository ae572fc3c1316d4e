//! Secrets at paths: written once, read, listed, destroyed with all their versions.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use vaultrs::api::kv2::requests::SetSecretRequestOptions;
use vaultrs::kv2;
use zeroize::Zeroize;

use crate::fault::{Fault, Kind};
use crate::keys::decode;
use crate::secret::Secret;
use crate::vault::{Vault, check_path};

/// How a secret is kept: base64 in one field.
#[derive(Serialize, Deserialize)]
struct Kept {
    value: String,
}

impl Vault {
    /// The secret at the path; if there is none, `fresh` becomes it. All callers get the same value, however they race.
    ///
    /// One call if it is there, two to create it, three for the loser of a race.
    ///
    /// # Errors
    /// `Conflict` if the path held a secret whose latest version was deleted; see [`Kind`].
    pub async fn secret_once(&self, path: &str, fresh: Secret) -> Result<Secret, Fault> {
        if let Some(secret) = self.read_secret(path).await? {
            return Ok(secret);
        }
        let refused = match self.create(path, &fresh).await {
            Ok(()) => return Ok(fresh),
            // Somebody was faster. Who may only create gets "not allowed" for what now would be an update.
            Err(fault) if fault.kind() == Kind::Refused => fault,
            Err(fault) => return Err(fault),
        };
        match self.read_secret(path).await? {
            Some(secret) => Ok(secret),
            None if self.is_deleted(path).await => Err(Fault::new(Kind::Conflict, "a deleted version is in the way")),
            None => Err(refused),
        }
    }

    /// The secret at the path, if there is one. One call.
    ///
    /// # Errors
    /// `Unexpected` if what is there was not written by this crate; see [`Kind`].
    pub async fn read_secret(&self, path: &str) -> Result<Option<Secret>, Fault> {
        check_path(path)?;
        let mount = self.mount_kv();
        let kept = self.find(|session| async move { kv2::read::<Kept>(&session.client, mount, path).await }).await?;
        kept.map(|kept| decode(kept.value)).transpose()
    }

    /// Destroys all versions and the metadata. What is absent is a success. One call.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn destroy_secret(&self, path: &str) -> Result<(), Fault> {
        check_path(path)?;
        let mount = self.mount_kv();
        self.find(|session| async move { kv2::delete_metadata(&session.client, mount, path).await }).await.map(|_| ())
    }

    /// The full paths of all secrets under the path, at any depth; none is an empty list. One call per folder.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn secrets_under(&self, path: &str) -> Result<Vec<String>, Fault> {
        let mut folders = vec![path.trim_end_matches('/').to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for name in self.list(&folder).await? {
                match name.strip_suffix('/') {
                    Some(deeper) => folders.push(format!("{folder}/{deeper}")),
                    None => found.push(format!("{folder}/{name}")),
                }
            }
        }
        Ok(found)
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        check_path(folder)?;
        let mount = self.mount_kv();
        let names = self.find(|session| async move { kv2::list(&session.client, mount, folder).await }).await?;
        Ok(names.unwrap_or_default())
    }

    /// Writes version 1, and refuses if there is any.
    async fn create(&self, path: &str, fresh: &Secret) -> Result<(), Fault> {
        let mount = self.mount_kv();
        let mut kept = Kept { value: STANDARD.encode(fresh.expose()) };
        let data = &kept;
        let absent = || SetSecretRequestOptions { cas: 0 };
        let write = self
            .call(|session| async move { kv2::set_with_options(&session.client, mount, path, data, absent()).await });
        let written = write.await;
        kept.value.zeroize();
        written.map(|_| ())
    }

    /// Whether the path has a version that cannot be read; a caller who may not see that gets `false`.
    async fn is_deleted(&self, path: &str) -> bool {
        let mount = self.mount_kv();
        let seen = self.find(|session| async move { kv2::read_metadata(&session.client, mount, path).await }).await;
        matches!(seen, Ok(Some(_)))
    }
}
