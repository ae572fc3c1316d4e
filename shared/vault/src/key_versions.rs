//! Versions of organizations' keys: made, wrapped anew under the newest, and retired.

use rustify::endpoint::Endpoint;
use rustify::enums::{RequestMethod, RequestType, ResponseType};
use serde::Deserialize;
use serde_json::json;
use vaultrs::api;
use vaultrs::api::transit::requests::UpdateKeyConfigurationRequest;
use vaultrs::api::transit::responses::ReadKeyData;
use vaultrs::transit::key as keys;

use crate::fault::{Fault, Kind};
use crate::keys::check_name;
use crate::vault::Vault;

/// What Vault tells of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyVersions {
    /// The newest version, which wraps; counted from 1.
    pub newest: u32,
    /// When it was made, in seconds since 1970 by Vault's clock.
    pub made_at: u64,
    /// The oldest version that still opens something.
    pub oldest: u32,
}

impl Vault {
    /// The versions of a key; none where there is no such key. One call.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn organization_key_versions(&self, key: &str) -> Result<Option<KeyVersions>, Fault> {
        check_name(key)?;
        let mount = self.mount_transit();
        let found = self.find(|session| async move { keys::read(&session.client, mount, key).await }).await?;
        let Some(found) = found else { return Ok(None) };
        let odd = || Fault::new(Kind::Unexpected, "a key without versions");
        let ReadKeyData::Symmetric(versions) = found.keys else { return Err(odd()) };
        let versions = versions.into_iter().filter_map(|(number, made_at)| Some((number.parse().ok()?, made_at)));
        let (newest, made_at) = versions.max().ok_or_else(odd)?;
        let oldest = u32::try_from(found.min_decryption_version).map_err(|_| odd())?;
        Ok(Some(KeyVersions { newest, made_at, oldest }))
    }

    /// Makes another version, which wraps from here on; each call makes one. One call.
    ///
    /// # Errors
    /// `Refused` if there is no such key; see [`Kind`].
    pub async fn rotate_organization_key(&self, key: &str) -> Result<(), Fault> {
        check_name(key)?;
        let mount = self.mount_transit();
        self.call(|session| async move { keys::rotate(&session.client, mount, key).await }).await
    }

    /// The same data keys under the newest version, in the order given; none where Vault does not open one. One call, and one for
    /// each where Vault refuses all for what is wrong with some, as versions of it differ in that.
    ///
    /// # Errors
    /// `Refused` if there is no such key, or it may not be used; see [`Kind`].
    pub async fn rewrap_data_keys(&self, key: &str, wrapped: &[String]) -> Result<Vec<Option<String>>, Fault> {
        check_name(key)?;
        if wrapped.is_empty() {
            return Ok(vec![]);
        }
        match self.rewrap_together(key, wrapped).await {
            Err(fault) if fault.kind() == Kind::Refused && !fault.is_forbidden() => {
                // Whether the key is there is known by itself.
                if self.organization_key_versions(key).await?.is_none() {
                    return Err(fault);
                }
                self.rewrap_each(key, wrapped).await
            }
            outcome => outcome,
        }
    }

    async fn rewrap_each(&self, key: &str, wrapped: &[String]) -> Result<Vec<Option<String>>, Fault> {
        let mut anew = Vec::with_capacity(wrapped.len());
        for one in wrapped {
            match self.rewrap_together(key, std::slice::from_ref(one)).await {
                Ok(mut wrapped) => anew.push(wrapped.pop().flatten()),
                Err(fault) if fault.kind() == Kind::Refused => anew.push(None),
                Err(fault) => return Err(fault),
            }
        }
        Ok(anew)
    }

    async fn rewrap_together(&self, key: &str, wrapped: &[String]) -> Result<Vec<Option<String>>, Fault> {
        let mount = self.mount_transit();
        let asked = || RewrapBatch { path: format!("{mount}/rewrap/{key}"), wrapped: wrapped.to_vec() };
        let done = self.call(|session| async move { api::exec_with_result(&session.client, asked()).await }).await?;
        if done.batch_results.len() != wrapped.len() {
            return Err(Fault::new(Kind::Unexpected, "another number of data keys than was asked for"));
        }
        Ok(done.batch_results.into_iter().map(|one| one.ciphertext.filter(|text| !text.is_empty())).collect())
    }

    /// From here on nothing opens that is wrapped by a version before that one. Repeating it changes nothing. One call.
    ///
    /// # Errors
    /// `Refused` if there is no such key or version; see [`Kind`].
    pub async fn retire_organization_key_versions(&self, key: &str, before: u32) -> Result<(), Fault> {
        check_name(key)?;
        let mount = self.mount_transit();
        self.call(|session| async move {
            let mut wish = UpdateKeyConfigurationRequest::builder();
            wish.min_decryption_version(u64::from(before));
            keys::update(&session.client, mount, key, Some(&mut wish)).await
        })
        .await
    }
}

/// `transit/rewrap/<key>` with `batch_input`, which the client's own request lacks.
#[derive(Debug)]
struct RewrapBatch {
    path: String,
    wrapped: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct RewrappedBatch {
    batch_results: Vec<Rewrapped>,
}

/// One of them; with an `error` instead where Vault does not open it.
#[derive(Debug, Deserialize)]
struct Rewrapped {
    #[serde(default)]
    ciphertext: Option<String>,
}

impl Endpoint for RewrapBatch {
    type Response = RewrappedBatch;
    const REQUEST_BODY_TYPE: RequestType = RequestType::JSON;
    const RESPONSE_BODY_TYPE: ResponseType = ResponseType::JSON;

    fn path(&self) -> String {
        self.path.clone()
    }

    fn method(&self) -> RequestMethod {
        RequestMethod::POST
    }

    fn body(&self) -> Result<Option<Vec<u8>>, rustify::errors::ClientError> {
        let items: Vec<_> = self.wrapped.iter().map(|wrapped| json!({ "ciphertext": wrapped })).collect();
        Ok(Some(json!({ "batch_input": items }).to_string().into_bytes()))
    }
}
