//! The key that makes and proves the tokens of links.

use domain::Rejected;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::token::message;
use crate::{Link, LinkToken};

/// Goes into the keyed hash before the link, so that the key can serve other purposes and versions.
const CONTEXT: &[u8] = b"links/v1\0";
const KEY_BYTES_MIN: usize = 32;

/// The key of links. Neither shown, copied nor written anywhere; erased when dropped.
pub struct LinkKey(Hmac<Sha256>);

/// What a proved token says. Whether its version is still the current one, and whether it is in time, is for the caller
/// to see: an earlier version means that a newer link was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What the link is for, and for whom.
    pub link: Link,
    /// Which of the links of that purpose and id.
    pub version: u64,
}

impl LinkKey {
    /// From the key as the secrets server gave it, of which no copy stays.
    ///
    /// # Errors
    /// It has fewer than 32 bytes.
    pub fn new(key: &[u8]) -> Result<Self, Rejected> {
        let refused = Rejected("a key of at least 32 bytes is needed");
        let key = Some(key).filter(|key| key.len() >= KEY_BYTES_MIN).ok_or(refused)?;
        Hmac::new_from_slice(key).map(Self).map_err(|_| refused)
    }

    /// The token of that version of a link; the same one every time.
    #[must_use]
    pub fn token(&self, link: Link, version: u64) -> LinkToken {
        LinkToken::new(link, version, self.hash(link, version).finalize().into_bytes().into())
    }

    /// What the token says, if this key made it. Takes the same time wherever a wrong proof differs.
    #[must_use]
    pub fn prove(&self, token: &LinkToken) -> Option<Proof> {
        let (link, version, mac) = token.parts();
        self.hash(link, version).verify_slice(mac).ok().map(|()| Proof { link, version })
    }

    fn hash(&self, link: Link, version: u64) -> Hmac<Sha256> {
        self.0.clone().chain_update(CONTEXT).chain_update(message(link, version))
    }
}
