//! What may be known of a credential: never the value, nor anything by which it could be guessed.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A stored credential, as everybody may know it who may see its provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Which version of the secret in the vault: the one that is used, whatever lies there besides.
    pub version: u64,
    /// By what people and programs tell it from others.
    #[serde(flatten)]
    pub mark: CredentialMark,
    /// When it was stored.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: String,
    /// When it was handed out last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// By what a credential is told from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialMark {
    /// Its last four characters behind dots, where it is long enough that these tell nothing.
    pub mask: String,
    /// The beginning of a keyed hash: the same key twice has the same one, in one home. 16 hexadecimal digits.
    pub fingerprint: String,
}

/// So long a credential is at least of which the end is shown: what is left to guess has more than 100 bits then.
const SHOWN_FROM: usize = 24;

impl CredentialMark {
    /// The mark of a credential with that keyed hash.
    #[must_use]
    pub fn of(secret: &str, keyed_hash: &[u8]) -> Self {
        let is_long = secret.len() >= SHOWN_FROM && secret.is_ascii();
        let end = secret.get(secret.len().saturating_sub(4)..).filter(|_| is_long).unwrap_or_default();
        let fingerprint = keyed_hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { mask: format!("••••{end}"), fingerprint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_shows_nothing_and_a_long_one_its_last_four_characters() {
        let mask = |secret: &str| CredentialMark::of(secret, &[7; 32]).mask;
        assert_eq!(mask("sk-live-0123456789abcdef"), "••••cdef");
        for short in ["", "abcd", "sk-live-0123456789abcde", "pässwörter-die-länger-sind"] {
            assert_eq!(mask(short), "••••", "{short}");
        }
        assert_eq!(CredentialMark::of("x", &[1, 171, 3, 4, 5, 6, 7, 8, 9]).fingerprint, "01ab030405060708");
    }
}
