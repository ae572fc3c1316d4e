//! The scheduled turn of organizations' encryption keys: each gets its new version, what older ones wrap is wrapped anew, and
//! then these are retired.
//!
//! It never sees content or a data key. It may run twice, late, or end anywhere; the next run goes on.

mod done;
mod turn;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::SystemPart;
use domain::encryption_key::SweepEncryptionKeys;
use domain::id::OrganizationId;
use domain::organization::Organization;
use domain::scope::Platform;
use domain::{Actor, Code, Granted, Mint, Origin, Principal, Result, Timestamp};
use store::Store;
use vault::Vault;

pub use done::Done;
use turn::Turn;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: Store,
    /// Where the keys are.
    pub vault: Vault,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
    /// How long it may work.
    pub limits: Limits,
}

/// How long a run may work; what is left, the next one does.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In all.
    pub run: Duration,
    /// On one organization, as long as others wait.
    pub organization: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { run: Duration::from_secs(180), organization: Duration::from_secs(30) }
    }
}

impl App {
    /// Goes through the organizations whose keys are due, the longest due first, once and until the time is over. One that is not
    /// finished in its share of it comes after the others in the next run.
    ///
    /// # Errors
    /// When the list cannot be read. An organization that cannot be finished is logged and keeps no other one waiting.
    pub async fn run(&self) -> Result<Done> {
        let granted = actor(None, None).grant(SweepEncryptionKeys, Platform)?;
        let begun = (self.clock)();
        let end = begun.plus(self.limits.run);
        let (mut done, mut cursor) = (Done::default(), None);
        loop {
            let page = self.store.due_encryption_keys(&granted, begun, cursor.as_ref()).await?;
            for id in &page.items {
                let now = (self.clock)();
                if now >= end {
                    return Ok(done);
                }
                self.organization(&granted, *id, end.min(now.plus(self.limits.organization)), &mut done).await;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(done);
            }
        }
    }

    async fn organization(
        &self,
        granted: &Granted<SweepEncryptionKeys>,
        id: OrganizationId,
        end: Timestamp,
        done: &mut Done,
    ) {
        done.organizations += 1;
        match self.turn(granted, id, end, done).await {
            Ok(()) => {}
            // Its purge has begun at this moment.
            Err(error) if error.code() == Code::OrganizationNotActive => {}
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(organization = %id, error = %error, source, "an encryption key could not be turned");
                done.failed += 1;
            }
        }
    }

    async fn turn(
        &self,
        granted: &Granted<SweepEncryptionKeys>,
        id: OrganizationId,
        end: Timestamp,
        done: &mut Done,
    ) -> Result<()> {
        let Some((organization, key)) = self.store.key_to_turn(granted, id).await? else { return Ok(()) };
        Turn::of(self, &organization, key, end)?.go(done).await
    }

    fn mint(&self) -> Mint {
        Mint::new((self.clock)(), (self.random)())
    }
}

/// The part of the product that acts, standing in that organization, for whom asked.
fn actor(organization: Option<&Organization>, on_behalf_of: Option<String>) -> Actor {
    let standing = organization.map(|organization| organization.standing(None, BTreeMap::new()));
    let principal = Principal::System { part: SystemPart::EncryptionKeys, on_behalf_of };
    Actor { principal, standing, origin: Origin::default() }
}
