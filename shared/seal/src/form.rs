//! The sealed form, byte by byte, and what it is bound to.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | the form's version, 1 |
//! | 4 | the version of the organization's key that wraps the data key, big endian |
//! | 1 | the length of the wrapped data key, 60 by Vault's AES-256-GCM |
//! | as said | the wrapped data key |
//! | 12 | the nonce |
//! | the rest | the ciphertext, as long as the content, and its tag of 16 bytes |
//!
//! The wrapped data key is not part of what the tag covers: wrapping it anew, after the organization's key was rotated,
//! leaves the rest as it is. Vault notices a change of it by itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::sealed::Attribute;

/// The only form so far. Another one gets another number, and this one stays readable.
const FORM: u8 = 1;

/// How Vault begins what it has encrypted.
const PREFIX: &str = "vault:v";

/// The length of a nonce, of 96 bits.
pub(crate) const NONCE: usize = 12;

/// A data key as Vault wrapped it; useless without the organization's key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wrapped {
    version: u32,
    bytes: Vec<u8>,
}

/// A sealed form, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) wrapped: Wrapped,
    pub(crate) nonce: &'a [u8; NONCE],
    pub(crate) ciphertext: &'a [u8],
}

impl Wrapped {
    /// Reads `vault:v<version>:<base64>`; `None` for anything else, and for what does not fit the form.
    pub(crate) fn from_vault(text: &str) -> Option<Self> {
        let (version, encoded) = text.strip_prefix(PREFIX)?.split_once(':')?;
        let wrapped = Self { version: version.parse().ok()?, bytes: STANDARD.decode(encoded).ok()? };
        let fits = u8::try_from(wrapped.bytes.len()).is_ok() && wrapped.is_versioned();
        (fits && wrapped.to_vault() == text).then_some(wrapped)
    }

    /// Vault counts from 1 and takes 0 for 1: it would be a second spelling.
    fn is_versioned(&self) -> bool {
        self.version != 0
    }

    /// The version of the organization's key that wraps it.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// The text that Vault gave.
    pub(crate) fn to_vault(&self) -> String {
        format!("{PREFIX}{}:{}", self.version, STANDARD.encode(&self.bytes))
    }
}

impl<'a> Parts<'a> {
    /// `None` where the bytes are no such form.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&form, rest) = bytes.split_first()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (&length, rest) = rest.split_first()?;
        let (wrapped, rest) = rest.split_at_checked(usize::from(length))?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
        let wrapped = Wrapped { version: u32::from_be_bytes(*version), bytes: wrapped.to_vec() };
        (form == FORM && wrapped.is_versioned()).then_some(Self { wrapped, nonce, ciphertext })
    }

    /// The same with its data key as Vault wrapped it anew; none where that does not fit the form.
    pub(crate) fn wrapped_as(self, text: &str) -> Option<Self> {
        let Self { wrapped: _, nonce, ciphertext } = self;
        let wrapped = Wrapped::from_vault(text)?;
        Some(Self { wrapped, nonce, ciphertext })
    }

    /// The bytes of the form.
    pub(crate) fn write(&self) -> Vec<u8> {
        let Self { wrapped: Wrapped { version, bytes: wrapped }, nonce, ciphertext } = self;
        let length = u8::try_from(wrapped.len()).unwrap_or(u8::MAX);
        let (version, nonce) = (version.to_be_bytes(), nonce.as_slice());
        [&[FORM], version.as_slice(), &[length], wrapped, nonce, ciphertext].concat()
    }
}

/// What the tag covers besides the content: the form's version, then organization, table, partition key, sort key and
/// attribute, each after its length in 8 bytes, so that no two attributes share it.
pub(crate) fn associated(attribute: &Attribute) -> Vec<u8> {
    let Attribute { organization, table, pk, sk, name } = attribute;
    let organization = organization.to_string();
    let mut framed = vec![FORM];
    for part in [organization.as_str(), table, pk, sk, name] {
        framed.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        framed.extend(part.as_bytes());
    }
    framed
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
