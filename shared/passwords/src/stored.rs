//! How a password is kept: argon2id for what people choose, a keyed hash for what is random anyway.

use std::fmt;
use std::hint::black_box;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::Rejected;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::memory;

/// What the text form of a temporary password's hash begins with; the rest is base64 without padding.
const TEMPORARY: &str = "$hmac-sha256$v=1$";
/// Goes into the keyed hash before the password, so that the key can serve other purposes and versions.
const CONTEXT: &[u8] = b"passwords/temporary/v1\0";
/// No password opens this one.
const LOCKED: &str = "$locked$";
/// More memory (KiB), passes or lanes than this in a stored hash are a way to stall sign-in.
const PARAMS_MAX: (u32, u32, u32) = (262_144, 16, 16);
const KEY_BYTES_MIN: usize = 32;

/// The key of temporary passwords. Neither shown, copied nor written anywhere; erased when dropped.
pub struct Keys {
    temporary: Hmac<Sha256>,
}

impl Keys {
    /// From the key as the secrets server gave it, of which no copy stays.
    ///
    /// # Errors
    /// It has fewer than 32 bytes.
    pub fn new(temporary: &[u8]) -> Result<Self, Rejected> {
        let refused = Rejected("a key of at least 32 bytes is needed");
        let key = Some(temporary).filter(|key| key.len() >= KEY_BYTES_MIN).ok_or(refused)?;
        let temporary = Hmac::new_from_slice(key).map_err(|_| refused)?;
        Ok(Self { temporary })
    }

    fn hash(&self, password: &str) -> Hmac<Sha256> {
        self.temporary.clone().chain_update(CONTEXT).chain_update(password)
    }
}

/// A password's hash, in the text form that is stored: `$argon2id$v=19$m=19456,t=2,p=1$…` for a chosen one,
/// `$hmac-sha256$v=1$…` for a temporary one. Other kinds, and costs that would stall sign-in, are not read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stored(String);

/// What a comparison came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is not.
    Wrong,
    /// A temporary password is stored: ask again with its keys.
    NeedsKeys,
}

/// Hashes a password that somebody chose, by argon2id with 19 MiB, two passes, one lane. `salt` must be random.
///
/// Costs 19 MiB and about 20 ms; whether the password [is weak](crate::is_weak) is not looked at.
#[must_use]
pub fn hash_chosen(password: &str, salt: [u8; 16]) -> Stored {
    let hash = argon2id(password, &salt, Params::DEFAULT, Params::DEFAULT_OUTPUT_LEN);
    let text = |hash| {
        let (algorithm, version) = (Algorithm::Argon2id.ident(), Some(Version::V0x13.into()));
        let (params, salt) = (ParamsString::try_from(&Params::DEFAULT).ok()?, Salt::new(&salt).ok()?);
        Some(PasswordHash { algorithm, version, params, salt: Some(salt), hash: Some(hash) }.to_string())
    };
    // Only a password of 4 GiB has no hash; an account that nothing opens is the safe answer.
    Stored(hash.and_then(text).unwrap_or_else(|| LOCKED.to_owned()))
}

/// Hashes a password that [was made](crate::temporary_password), by one keyed SHA-256. Costs microseconds.
#[must_use]
pub fn hash_temporary(password: &str, keys: &Keys) -> Stored {
    let hash = keys.hash(password).finalize().into_bytes();
    Stored(format!("{TEMPORARY}{}", STANDARD_NO_PAD.encode(hash)))
}

/// Takes as long as verifying a chosen password: for accounts that do not exist or have no password, so that nobody can
/// tell by the time which ones do.
pub fn verify_nothing(password: &str) {
    black_box(hash_chosen(black_box(password), [0; 16]));
}

impl Stored {
    /// Whether it is the hash of a temporary password.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with(TEMPORARY)
    }

    /// Compares in constant time. `keys` are needed for a temporary password only, so ask first without.
    ///
    /// A wrong guess at a temporary password takes as long as one at a chosen password.
    #[must_use]
    pub fn verify(&self, password: &str, keys: Option<&Keys>) -> Verdict {
        let is_right = match (self.0.strip_prefix(TEMPORARY), keys) {
            (None, _) => verify_chosen(&self.0, password),
            (Some(_), None) => return Verdict::NeedsKeys,
            (Some(hash), Some(keys)) => verify_temporary(hash, password, keys),
        };
        if is_right { Verdict::Right } else { Verdict::Wrong }
    }
}

impl TryFrom<String> for Stored {
    type Error = Rejected;

    fn try_from(raw: String) -> Result<Self, Rejected> {
        let known =
            raw == LOCKED || raw.strip_prefix(TEMPORARY).map_or_else(|| parse_chosen(&raw).is_some(), is_digest);
        known.then_some(Self(raw)).ok_or(Rejected("not a password hash of a known kind"))
    }
}

impl From<Stored> for String {
    fn from(stored: Stored) -> Self {
        stored.0
    }
}

impl fmt::Debug for Stored {
    /// The kind only: a hash is worth guessing at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_temporary() { "Stored(temporary)" } else { "Stored(chosen)" })
    }
}

fn argon2id(password: &str, salt: &[u8], params: Params, bytes: usize) -> Option<Output> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0; Output::MAX_LENGTH];
    let hash = hash.get_mut(..bytes)?;
    let blocks = argon2.params().block_count();
    memory::lend(blocks, |blocks| argon2.hash_password_into_with_memory(password.as_bytes(), salt, hash, blocks))
        .ok()?;
    Output::new(hash).ok()
}

fn verify_chosen(stored: &str, password: &str) -> bool {
    match parse_chosen(stored) {
        Some(hash) => opens(&hash, password).unwrap_or(false),
        None => {
            verify_nothing(password);
            false
        }
    }
}

/// Compares in a time that does not depend on the hashes.
fn opens(hash: &PasswordHash, password: &str) -> Option<bool> {
    let (params, salt, wanted) = (Params::try_from(hash).ok()?, hash.salt.as_ref()?, hash.hash.as_ref()?);
    Some(argon2id(password, salt, params, wanted.len())? == *wanted)
}

/// A hash that can be verified at a bearable cost.
fn parse_chosen(stored: &str) -> Option<PasswordHash> {
    let hash = PasswordHash::new(stored).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let (memory, passes, lanes) = PARAMS_MAX;
    let bearable = params.m_cost() <= memory && params.t_cost() <= passes && params.p_cost() <= lanes;
    let argon2id = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
    let whole = hash.salt.is_some() && hash.hash.is_some_and(|hash| hash.len() >= 16);
    (bearable && argon2id && whole).then_some(hash)
}

fn verify_temporary(hash: &str, password: &str, keys: &Keys) -> bool {
    let stored = STANDARD_NO_PAD.decode(hash).unwrap_or_default();
    let is_right = keys.hash(password).verify_slice(&stored).is_ok();
    if !is_right {
        verify_nothing(password);
    }
    is_right
}

fn is_digest(hash: &str) -> bool {
    STANDARD_NO_PAD.decode(hash).is_ok_and(|bytes| bytes.len() == 32)
}

#[cfg(test)]
#[path = "stored_tests.rs"]
mod tests;
