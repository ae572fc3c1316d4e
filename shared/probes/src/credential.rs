//! What a provider knows its customer by.

use domain::Rejected;
use outbound::Sensitive;
use zeroize::Zeroizing;

use crate::label::Label;
use crate::trouble::Trouble;

/// How long a part of a credential may be, in bytes. Amazon's session tokens are the longest.
const LENGTH_MAX: usize = 4096;

/// A secret of visible ASCII characters: wiped when dropped; no `Debug`, no `Clone`, no serialisation.
pub struct Key(Zeroizing<String>);

impl Key {
    /// Takes the secret over.
    ///
    /// # Errors
    /// It is empty, longer than 4096 bytes, or has a space, a line break or another character that no provider's keys have.
    pub fn new(secret: Zeroizing<String>) -> Result<Self, Rejected> {
        let fits = (1..=LENGTH_MAX).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then_some(Self(secret)).ok_or(Rejected("must be 1 to 4096 visible ASCII characters without spaces"))
    }

    /// The secret itself; whoever copies it wipes the copy.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// An access key of an AWS account; temporary ones have a session token.
pub struct AwsKeys {
    /// The public part, such as `AKIA…`.
    pub access_key_id: Label,
    /// The secret part.
    pub secret_access_key: Key,
    /// What belongs to a temporary key.
    pub session_token: Option<Key>,
}

/// A value that can be sent. One that cannot is no credential of anybody.
pub(crate) fn header(parts: &[&str]) -> Result<Sensitive, Trouble> {
    Sensitive::new(parts).map_err(|_| Trouble::CredentialRefused)
}
