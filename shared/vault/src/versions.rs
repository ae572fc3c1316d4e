//! Secrets that are replaced: each new value is a version, written only after the one that was seen.

use std::collections::BTreeMap;

use serde::Deserialize;
use vaultrs::api::kv2::requests::SetSecretRequestOptions;
use vaultrs::kv2;

use crate::fault::{Fault, Kind};
use crate::secret::Secret;
use crate::vault::{Vault, check_path};

impl Vault {
    /// The number of the newest version at the path, deleted and destroyed ones included; 0 if there never was any. One call.
    ///
    /// # Errors
    /// See [`Kind`](crate::Kind).
    pub async fn newest_version(&self, path: &str) -> Result<u64, Fault> {
        check_path(path)?;
        let mount = self.mount_kv();
        let seen = self.find(|session| async move { kv2::read_metadata(&session.client, mount, path).await }).await?;
        Ok(seen.map_or(0, |seen| seen.current_version))
    }

    /// The texts of one version by their names; none where there is no such version, or it was destroyed. One call.
    ///
    /// # Errors
    /// See [`Kind`](crate::Kind).
    pub async fn read_version(&self, path: &str, version: u64) -> Result<Option<BTreeMap<String, Secret>>, Fault> {
        check_path(path)?;
        let mount = self.mount_kv();
        let read = self.find(|session| async move {
            kv2::read_version::<BTreeMap<String, Text>>(&session.client, mount, path, version).await
        });
        let texts = read.await?.map(|texts| texts.into_iter().map(|(name, Text(secret))| (name, secret)).collect());
        Ok(texts)
    }

    /// Writes the version after that one, of UTF-8 texts by their names, and says its number. One call.
    ///
    /// # Errors
    /// `Refused` if somebody wrote a version meanwhile; see [`Kind`](crate::Kind).
    pub async fn write_version(&self, path: &str, after: u64, fields: &[(&str, Secret)]) -> Result<u64, Fault> {
        check_path(path)?;
        let mount = self.mount_kv();
        let cas = u32::try_from(after).unwrap_or(u32::MAX);
        let texts = fields.iter().map(|(name, secret)| Ok((*name, text(secret)?)));
        let data = &texts.collect::<Result<BTreeMap<&str, &str>, Fault>>()?;
        let options = || SetSecretRequestOptions { cas };
        let write = self
            .call(|session| async move { kv2::set_with_options(&session.client, mount, path, data, options()).await });
        write.await.map(|written| written.version)
    }

    /// Destroys versions for good; what is absent is a success. One call.
    ///
    /// # Errors
    /// See [`Kind`](crate::Kind).
    pub async fn destroy_versions(&self, path: &str, versions: Vec<u64>) -> Result<(), Fault> {
        check_path(path)?;
        let (mount, versions) = (self.mount_kv(), &versions);
        self.find(|session| async move { kv2::destroy_versions(&session.client, mount, path, versions.clone()).await })
            .await
            .map(|_| ())
    }
}

/// A text that becomes a secret as soon as it was read.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Text(Secret);

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Secret::new(text.into_bytes()))
    }
}

fn text(secret: &Secret) -> Result<&str, Fault> {
    std::str::from_utf8(secret.expose()).map_err(|_| Fault::new(Kind::Unexpected, "a secret that is no text"))
}
