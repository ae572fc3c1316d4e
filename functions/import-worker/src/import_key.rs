//! The key of one import, from which its user ids and passwords follow, so that a replay makes the same.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::id::{ImportId, UserId};
use domain::import::Job;
use domain::{Error, Mint, Result, Timestamp};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use vault::Secret;
use zeroize::Zeroizing;

use crate::App;

const NONCE_BYTES: usize = 12;

/// 32 bytes from the secrets server, made once an import and destroyed with its result.
pub(crate) struct ImportKey {
    import: ImportId,
    created_at: Timestamp,
    key: Secret,
}

/// Where the secrets server keeps it.
pub(crate) fn path(id: ImportId) -> String {
    format!("platform/imports/{id}")
}

impl ImportKey {
    /// The import's key; made now if there is none yet.
    pub(crate) async fn of(app: &App, job: &Job) -> Result<Self> {
        let fresh = Secret::new((app.random)().to_vec());
        let key = app.vault.secret_once(&path(job.id), fresh).await?;
        Ok(Self { import: job.id, created_at: job.created_at, key })
    }

    /// Who the row makes.
    pub(crate) fn user(&self, row: u32) -> Result<UserId> {
        Ok(Mint::new(self.created_at, *self.derive("user", &[&row.to_be_bytes()])?).id())
    }

    /// The password that is generated for the row.
    pub(crate) fn generated(&self, row: u32) -> Result<Zeroizing<String>> {
        Ok(passwords::temporary_password(*self.derive("password", &[&row.to_be_bytes()])?))
    }

    /// The salt of the row's typed password: no secret, but the same in every run.
    pub(crate) fn salt(&self, row: u32) -> Result<[u8; 16]> {
        let bytes = self.derive("salt", &[&row.to_be_bytes()])?;
        let mut salt = [0; 16];
        salt.iter_mut().zip(bytes.iter()).for_each(|(to, from)| *to = *from);
        Ok(salt)
    }

    /// A typed password as the plan holds it. The nonce follows from row and password: another password of the same
    /// row, from a workbook that was replaced, never shares it.
    pub(crate) fn seal(&self, row: u32, password: &str) -> Result<String> {
        let nonce = self.derive("nonce", &[&row.to_be_bytes(), password.as_bytes()])?;
        let nonce: &[u8] = nonce.get(..NONCE_BYTES).unwrap_or_default();
        let about = self.about(row);
        let payload = Payload { msg: password.as_bytes(), aad: about.as_bytes() };
        let sealed = self.cipher()?.encrypt(&of_bytes(nonce)?, payload).map_err(unsealable)?;
        Ok(STANDARD_NO_PAD.encode([nonce, &sealed].concat()))
    }

    /// A typed password from the plan.
    pub(crate) fn open(&self, row: u32, sealed: &str) -> Result<Zeroizing<String>> {
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(Error::internal)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(|| unsealable(""))?;
        let about = self.about(row);
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        let password = self.cipher()?.decrypt(&of_bytes(nonce)?, payload).map_err(unsealable)?;
        String::from_utf8(password).map(Zeroizing::new).map_err(|_| unsealable(""))
    }

    fn about(&self, row: u32) -> String {
        format!("{}#{row}", self.import)
    }

    fn cipher(&self) -> Result<Aes256Gcm> {
        Aes256Gcm::new_from_slice(&*self.derive("seal", &[])?).map_err(Error::internal)
    }

    /// HMAC-SHA-256 under the import's key of a label that names the purpose, and of what it is for.
    fn derive(&self, label: &str, of: &[&[u8]]) -> Result<Zeroizing<[u8; 32]>> {
        let mut hash: Hmac<Sha256> = hmac::KeyInit::new_from_slice(self.key.expose()).map_err(Error::internal)?;
        hash.update(label.as_bytes());
        hash.update(&[0]);
        of.iter().for_each(|part| hash.update(part));
        Ok(Zeroizing::new(hash.finalize().into_bytes().into()))
    }
}

fn of_bytes(nonce: &[u8]) -> Result<Nonce<aes_gcm::aead::consts::U12>> {
    Nonce::try_from(nonce).map_err(Error::internal)
}

fn unsealable<E>(_: E) -> Error {
    Error::internal("a password of the plan cannot be sealed or opened")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn key(import: u128, byte: u8) -> ImportKey {
        let import = ImportId::from_parts(1, import);
        ImportKey { import, created_at: Timestamp::from_millis(1), key: Secret::new(vec![byte; 32]) }
    }

    #[test]
    fn a_sealed_password_opens_only_for_its_import_and_row() {
        let sealed = key(1, 1).seal(7, "velvet-Orchard-31").unwrap();
        assert_eq!(*key(1, 1).open(7, &sealed).unwrap(), "velvet-Orchard-31");
        assert!(key(1, 1).open(8, &sealed).is_err());
        assert!(key(2, 1).open(7, &sealed).is_err());
        assert!(key(1, 2).open(7, &sealed).is_err());
        assert!(key(1, 1).open(7, "").is_err());
    }

    #[test]
    fn another_password_of_the_same_row_has_another_nonce() {
        let (one, other) = (key(1, 1).seal(7, "a").unwrap(), key(1, 1).seal(7, "b").unwrap());
        assert_ne!(one[..16], other[..16]);
        assert_eq!(one, key(1, 1).seal(7, "a").unwrap());
    }

    #[test]
    fn what_follows_from_the_key_differs_from_row_to_row_and_key_to_key() {
        assert_eq!(key(1, 1).generated(7).unwrap(), key(1, 1).generated(7).unwrap());
        assert_ne!(key(1, 1).generated(7).unwrap(), key(1, 1).generated(8).unwrap());
        assert_ne!(key(1, 1).generated(7).unwrap(), key(1, 2).generated(7).unwrap());
        assert_ne!(key(1, 1).user(7).unwrap(), key(1, 1).user(8).unwrap());
        assert_ne!(key(1, 1).salt(7).unwrap(), key(1, 1).salt(8).unwrap());
    }
}
