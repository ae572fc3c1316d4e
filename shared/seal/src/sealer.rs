//! Sealing and opening an attribute.

use std::sync::Arc;
use std::time::Duration;

use domain::id::OrganizationId;
use domain::sealed::{Attribute, Sealed};
use futures::FutureExt;
use futures::future::BoxFuture;
use vault::{Clock, Vault};

use crate::data_key::DataKey;
use crate::failure::Failure;
use crate::form::{Parts, Wrapped, associated};
use crate::shelf::{Answer, Room, Shelf, Wanted};

/// What is kept of data keys: five minutes; 256 entries, of which a key that seals takes two.
const ROOM: Room = Room { time: Duration::from_secs(300), keys: 256 };

/// How many messages one data key seals. With nonces of 96 random bits NIST SP 800-38D, section 8.3, allows 2^32 under one
/// key; with 2^20 the chance that any two nonces of a key are the same stays below 2^-57. Only who had the key made seals
/// with it: whoever opens with it has it from Vault for that alone, so one count is the whole count.
const SEALS_MAX: u32 = 1 << 20;

/// Seals and opens attributes of organizations. Cheap to clone; all clones share the keys.
///
/// With a key at hand neither asks Vault; otherwise one call, in the time that [`Vault`] gives it. Many that miss the same
/// key at once make one call together.
#[derive(Clone)]
pub struct Sealer(Arc<Inner>);

struct Inner {
    vault: Vault,
    clock: Clock,
    shelf: Arc<Shelf>,
    seals: u32,
}

impl Sealer {
    /// Data keys from there, kept by that clock. Asks nobody yet.
    #[must_use]
    pub fn new(vault: Vault, clock: Clock) -> Self {
        Self::with(vault, clock, ROOM, SEALS_MAX)
    }

    pub(crate) fn with(vault: Vault, clock: Clock, room: Room, seals: u32) -> Self {
        Self(Arc::new(Inner { vault, clock, shelf: Shelf::new(room), seals }))
    }

    /// Seals the content for that attribute alone: 94 bytes longer than the content.
    ///
    /// # Errors
    /// `Unavailable` or `Refused` without a data key at hand, see [`Failure`].
    pub async fn seal(&self, attribute: &Attribute, content: &[u8]) -> Result<Sealed, Failure> {
        let wanted = Wanted::ToSeal(attribute.organization);
        loop {
            let key = self.key(&wanted).await?;
            if key.take() {
                return key.seal(&associated(attribute), content).map(Sealed::new);
            }
            self.0.shelf.retire(&wanted, &key);
        }
    }

    /// The content that was sealed for that attribute.
    ///
    /// # Errors
    /// `Unreadable` where it was sealed for another or is not whole, `Refused` where the organization's key is destroyed,
    /// `Unavailable`; see [`Failure`].
    pub async fn open(&self, attribute: &Attribute, sealed: &Sealed) -> Result<Vec<u8>, Failure> {
        let parts = Parts::read(sealed.as_bytes()).ok_or(Failure::Unreadable)?;
        let key = self.key(&Wanted::ToOpen(attribute.organization, parts.wrapped.clone())).await?;
        key.open(&associated(attribute), &parts)
    }

    async fn key(&self, wanted: &Wanted) -> Answer {
        let Inner { vault, clock, shelf, seals } = &*self.0;
        let ask = || ask(vault.clone(), wanted.clone(), *seals);
        shelf.get(wanted, clock(), ask).await
    }
}

/// One call of Vault.
fn ask(vault: Vault, wanted: Wanted, seals: u32) -> BoxFuture<'static, Answer> {
    let question = async move {
        match wanted {
            Wanted::ToSeal(organization) => made(&vault, organization, seals).await,
            Wanted::ToOpen(organization, wrapped) => {
                let plaintext = vault.unwrap_data_key(&organization.to_string(), &wrapped.to_vault()).await?;
                // It was made elsewhere, where its messages are counted: here it seals none.
                DataKey::new(plaintext, wrapped, 0).map(Arc::new)
            }
        }
    };
    question.boxed()
}

async fn made(vault: &Vault, organization: OrganizationId, seals: u32) -> Answer {
    let vault::DataKey { plaintext, wrapped } = vault.data_key(&organization.to_string()).await?;
    let wrapped = Wrapped::from_vault(&wrapped).ok_or(Failure::Broken)?;
    DataKey::new(plaintext, wrapped, seals).map(Arc::new)
}

#[cfg(test)]
#[path = "sealer_tests.rs"]
mod tests;
