//! Tokens of links: purpose, ids and version in clear, and the proof that this system made them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Link, PublicUrl};

/// What tokens begin with, for secret scanners.
const PREFIX: &str = "apl";
pub(crate) const MAC_BYTES: usize = 32;

/// A token as a link carries it; it says nothing until the key has proved it. Has no `Debug`, `Clone` or `Serialize`:
/// it is made for one mail or read from one request, and goes nowhere else.
pub struct LinkToken {
    link: Link,
    version: u64,
    mac: [u8; MAC_BYTES],
}

impl LinkToken {
    pub(crate) fn new(link: Link, version: u64, mac: [u8; MAC_BYTES]) -> Self {
        Self { link, version, mac }
    }

    /// The text that a link carries, at most 124 characters: letters, digits, `_`, `-` and `.`, a letter or digit at
    /// the end.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}_{}_{}", message(self.link, self.version), URL_SAFE_NO_PAD.encode(self.mac))
    }

    /// The address of the link's page. The token is in the fragment, which browsers send to nobody: it is in no log and
    /// in no `Referer`.
    #[must_use]
    pub fn url(&self, portal: &PublicUrl) -> String {
        format!("{portal}{}#token={}", self.link.page(), self.text())
    }

    /// Reads the text; none where it cannot be a token. Needs no key and proves nothing.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(5, '_');
        let (prefix, letter, ids) = (parts.next()?, parts.next()?, parts.next()?);
        let (version, mac) = (parts.next()?, parts.next()?);
        let link = Link::read(letter, ids)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
        (prefix == PREFIX).then_some(Self { link, version: canonical(version)?, mac })
    }

    /// What it says and by which proof: for the key alone.
    pub(crate) fn parts(&self) -> (Link, u64, &[u8; MAC_BYTES]) {
        (self.link, self.version, &self.mac)
    }
}

/// What the key signs: no two links or versions have the same.
pub(crate) fn message(link: Link, version: u64) -> String {
    format!("{}_{version}", link.text())
}

/// A number as it is written here: without a sign or leading zeros.
fn canonical(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
