//! One transit key: its versions, its limits and the arithmetic with it.

use std::collections::BTreeMap;

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::Fields;
use crate::random;

/// The kinds of keys that this server knows.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    #[serde(rename = "aes256-gcm96")]
    Aes,
    #[serde(rename = "ed25519")]
    Ed25519,
    #[serde(rename = "hmac")]
    Hmac,
}

/// A key with all its versions; the newest encrypts and signs.
#[derive(Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) kind: Kind,
    pub(crate) deletion_allowed: bool,
    min_decryption_version: u64,
    min_encryption_version: u64,
    versions: BTreeMap<u64, Version>,
}

/// Its two secrets: one for its kind, one for HMAC.
#[derive(Serialize, Deserialize)]
pub(crate) struct Version {
    created: Timestamp,
    secret: [u8; 32],
    pub(crate) hmac: [u8; 32],
}

impl Kind {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "aes256-gcm96" => Some(Self::Aes),
            "ed25519" => Some(Self::Ed25519),
            "hmac" => Some(Self::Hmac),
            _ => None,
        }
    }
}

impl Key {
    pub(crate) fn new(kind: Kind, now: Timestamp) -> Result<Self, Refusal> {
        let versions = BTreeMap::from([(1, Version::new(now)?)]);
        Ok(Self { kind, deletion_allowed: false, min_decryption_version: 1, min_encryption_version: 0, versions })
    }

    pub(crate) fn rotate(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.versions.insert(self.latest() + 1, Version::new(now)?);
        Ok(())
    }

    pub(crate) fn latest(&self) -> u64 {
        self.versions.keys().next_back().copied().unwrap_or(0)
    }

    /// The version to encrypt or sign with: the newest, or the wished one within the limits.
    pub(crate) fn outgoing(&self, wished: u64) -> Result<(u64, &Version), Refusal> {
        let number = if wished == 0 { self.latest() } else { wished };
        if number < self.min_encryption_version {
            return Err(Refusal::bad(
                "requested version for encryption is less than the minimum encryption key version",
            ));
        }
        let version = self.versions.get(&number);
        version
            .map(|version| (number, version))
            .ok_or_else(|| Refusal::bad("requested version for encryption is higher than the latest key version"))
    }

    /// The version that a ciphertext or signature names.
    pub(crate) fn incoming(&self, number: u64) -> Result<&Version, Refusal> {
        if number < self.min_decryption_version {
            return Err(Refusal::bad("ciphertext or signature version is disallowed by policy (too old)"));
        }
        self.versions.get(&number).ok_or_else(|| Refusal::bad("invalid ciphertext: version is too new"))
    }

    pub(crate) fn configure(&mut self, fields: &Fields) -> Outcome {
        let latest = self.latest();
        let above = |what: &str, wished: u64| {
            Refusal::bad(format!("cannot set min {what} version of {wished}, latest key version is {latest}"))
        };
        let decryption = fields.number("min_decryption_version")?.unwrap_or(self.min_decryption_version).max(1);
        let encryption = fields.number("min_encryption_version")?.unwrap_or(self.min_encryption_version);
        if decryption > latest {
            return Err(above("decryption", decryption));
        }
        if encryption > latest {
            return Err(above("encryption", encryption));
        }
        self.min_decryption_version = decryption;
        self.min_encryption_version = encryption;
        self.deletion_allowed = fields.flag("deletion_allowed").unwrap_or(self.deletion_allowed);
        Ok(Reply::Nothing)
    }

    /// The `data` member of a read.
    pub(crate) fn print(&self, name: &str) -> Value {
        let shown = self.versions.range(self.min_decryption_version..);
        let keys: Map<String, Value> =
            shown.map(|(number, version)| (number.to_string(), version.print(self.kind))).collect();
        json!({
            "type": self.kind, "name": name, "keys": keys, "latest_version": self.latest(), "min_available_version": 0,
            "min_decryption_version": self.min_decryption_version, "min_encryption_version": self.min_encryption_version,
            "deletion_allowed": self.deletion_allowed, "derived": false, "exportable": false, "allow_plaintext_backup": false,
            "supports_encryption": self.kind == Kind::Aes, "supports_decryption": self.kind == Kind::Aes,
            "supports_derivation": self.kind != Kind::Hmac, "supports_signing": self.kind == Kind::Ed25519,
        })
    }
}

impl Version {
    fn new(now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self { created: now, secret: random::bytes()?, hmac: random::bytes()? })
    }

    /// Nonce, ciphertext and tag in one.
    pub(crate) fn seal(&self, plaintext: &[u8]) -> Result<Vec<u8>, Refusal> {
        let nonce = random::bytes::<12>()?;
        let sealed = Aes256Gcm::new(&self.secret.into()).encrypt(&Nonce::from(nonce), plaintext);
        let sealed = sealed.map_err(|_| Refusal::internal("encryption failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Refusal> {
        let (nonce, sealed) =
            sealed.split_first_chunk::<12>().ok_or_else(|| Refusal::bad("invalid ciphertext length"))?;
        let opened = Aes256Gcm::new(&self.secret.into()).decrypt(&Nonce::from(*nonce), sealed);
        opened.map_err(|_| Refusal::listed(500, "cipher: message authentication failed"))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        SigningKey::from_bytes(&self.secret).sign(message).to_bytes().to_vec()
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = SigningKey::from_bytes(&self.secret).verifying_key();
        Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
    }

    fn print(&self, kind: Kind) -> Value {
        if kind != Kind::Ed25519 {
            return json!(self.created.as_second());
        }
        let public = SigningKey::from_bytes(&self.secret).verifying_key();
        json!({"creation_time": self.created.to_string(), "name": "ed25519", "public_key": STANDARD.encode(public.as_bytes())})
    }
}
