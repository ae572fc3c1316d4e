//! A data key at work: AES-256-GCM, with nonces that the library draws.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use vault::Secret;

use crate::failure::Failure;
use crate::form::{Parts, Wrapped};

/// A data key that is ready for use, and the same one wrapped. The library's context holds the key and what follows from it
/// in memory of its own, which AWS-LC wipes when it gives it back. No `Debug`, no `Clone`, no serialisation.
pub(crate) struct DataKey {
    cipher: RandomizedNonceKey,
    wrapped: Wrapped,
    left: AtomicU32,
}

impl DataKey {
    /// `seals`: how many messages it may seal at most. The bytes are wiped here.
    pub(crate) fn new(plaintext: Secret, wrapped: Wrapped, seals: u32) -> Result<Self, Failure> {
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, plaintext.expose()).map_err(|_| Failure::Broken)?;
        Ok(Self { cipher, wrapped, left: AtomicU32::new(seals) })
    }

    pub(crate) fn wrapped(&self) -> &Wrapped {
        &self.wrapped
    }

    /// Takes one of the messages that it may still seal; false if there is none.
    pub(crate) fn take(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }

    /// The sealed form of one message, for which [`Self::take`] has said yes.
    pub(crate) fn seal(&self, associated: &[u8], content: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut ciphertext = Vec::with_capacity(content.len() + AES_256_GCM.tag_len());
        ciphertext.extend_from_slice(content);
        let nonce = self.cipher.seal_in_place_append_tag(Aad::from(associated), &mut ciphertext);
        let nonce = nonce.map_err(|_| Failure::Broken)?;
        Ok(Parts { wrapped: self.wrapped.clone(), nonce: nonce.as_ref(), ciphertext: &ciphertext }.write())
    }

    /// The content, if this key sealed it for just that.
    pub(crate) fn open(&self, associated: &[u8], parts: &Parts<'_>) -> Result<Vec<u8>, Failure> {
        let mut content = parts.ciphertext.to_vec();
        let nonce = Nonce::assume_unique_for_key(*parts.nonce);
        let opened = self.cipher.open_in_place(nonce, Aad::from(associated), &mut content);
        let length = opened.map_err(|_| Failure::Unreadable)?.len();
        content.truncate(length);
        Ok(content)
    }
}

#[cfg(test)]
#[path = "data_key_tests.rs"]
mod tests;
