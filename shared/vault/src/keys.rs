//! Organizations' keys: they stay in Vault and wrap data keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vaultrs::api::transit::KeyType;
use vaultrs::api::transit::requests::{
    CreateKeyRequest, DataKeyType, GenerateDataKeyRequest, UpdateKeyConfigurationRequest,
};
use vaultrs::transit::{data, generate, key as keys};
use zeroize::Zeroizing;

use crate::fault::{Fault, Kind};
use crate::secret::Secret;
use crate::vault::{Vault, check_path};

/// A fresh key for data, in clear and as it is kept beside the data.
pub struct DataKey {
    /// 32 bytes, for use now.
    pub plaintext: Secret,
    /// The same under the organization's key; useless once that is destroyed.
    pub wrapped: String,
}

impl Vault {
    /// Makes the key, an AES-256-GCM one that may be deleted. Doing it again changes nothing. Two calls.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn create_organization_key(&self, key: &str) -> Result<(), Fault> {
        check_name(key)?;
        let mount = self.mount_transit();
        self.call(|session| async move {
            let mut wish = CreateKeyRequest::builder();
            wish.key_type(KeyType::Aes256Gcm96);
            keys::create(&session.client, mount, key, Some(&mut wish)).await
        })
        .await?;
        self.allow_deletion(key).await
    }

    /// Whether the key exists. One call.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn organization_key_exists(&self, key: &str) -> Result<bool, Fault> {
        check_name(key)?;
        let mount = self.mount_transit();
        let found = self.find(|session| async move { keys::read(&session.client, mount, key).await }).await?;
        Ok(found.is_some())
    }

    /// Destroys the key, and with it everything that was encrypted under it. An absent key is a success. One call, four at most.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn destroy_organization_key(&self, key: &str) -> Result<(), Fault> {
        check_name(key)?;
        match self.delete(key).await {
            // Vault refuses both a key that is not there and one that may not be deleted.
            Err(fault) if fault.kind() == Kind::Refused => {
                if !self.organization_key_exists(key).await? {
                    return Ok(());
                }
                self.allow_deletion(key).await?;
                self.delete(key).await
            }
            outcome => outcome,
        }
    }

    /// Makes a data key. One call.
    ///
    /// # Errors
    /// `Refused` if the organization's key does not exist; see [`Kind`].
    pub async fn data_key(&self, key: &str) -> Result<DataKey, Fault> {
        check_name(key)?;
        let mount = self.mount_transit();
        let made = self
            .call(|session| async move {
                let mut wish = GenerateDataKeyRequest::builder();
                wish.bits(256_u16);
                generate::data_key(&session.client, mount, key, DataKeyType::Plaintext, Some(&mut wish)).await
            })
            .await?;
        let plaintext = decode(made.plaintext.unwrap_or_default())?;
        if plaintext.expose().len() != 32 {
            return Err(Fault::new(Kind::Unexpected, "a data key of another length"));
        }
        Ok(DataKey { plaintext, wrapped: made.ciphertext })
    }

    /// Opens a wrapped data key. One call.
    ///
    /// # Errors
    /// `Refused` if the organization's key is destroyed or did not wrap this; see [`Kind`].
    pub async fn unwrap_data_key(&self, key: &str, wrapped: &str) -> Result<Secret, Fault> {
        check_name(key)?;
        let mount = self.mount_transit();
        let opened =
            self.call(|session| async move { data::decrypt(&session.client, mount, key, wrapped, None).await }).await?;
        decode(opened.plaintext)
    }

    async fn allow_deletion(&self, key: &str) -> Result<(), Fault> {
        let mount = self.mount_transit();
        self.call(|session| async move {
            let mut wish = UpdateKeyConfigurationRequest::builder();
            wish.deletion_allowed(true);
            keys::update(&session.client, mount, key, Some(&mut wish)).await
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<(), Fault> {
        let mount = self.mount_transit();
        self.find(|session| async move { keys::delete(&session.client, mount, key).await }).await.map(|_| ())
    }
}

/// Bytes of a base64 text that is wiped afterwards.
pub(crate) fn decode(text: String) -> Result<Secret, Fault> {
    let text = Zeroizing::new(text);
    let bytes = STANDARD.decode(text.as_bytes()).map_err(|_| Fault::new(Kind::Unexpected, "not base64"))?;
    Ok(Secret::new(bytes))
}

pub(crate) fn check_name(key: &str) -> Result<(), Fault> {
    if key.contains('/') { Err(Fault::new(Kind::Unexpected, "a key's name with a slash")) } else { check_path(key) }
}
