//! Replaces credentials of providers: tests new ones, makes them current, ends old ones when their grace is over, makes and ends
//! keys where a provider has an API for it, reminds people where it has none, and destroys in the vault what nothing names.
//!
//! It may run twice, late, never, or end anywhere: each step is written before the next, on the version that was read.

mod forgotten;
mod keys;
mod schedule;
mod steps;
mod tested;
mod turn;

use std::time::Duration;

use credentials::Shelf;
use domain::actor::SystemPart;
use domain::home::{Home, InHome};
use domain::organization::{Organization, Status};
use domain::rotation::{RunRotation, RunRotations};
use domain::scope::Platform;
use domain::{Actor, Granted, Mint, OrgScope, Origin, PlatformScope, Principal, Result, Timestamp};
use outbound::Outbound;
use rotators::Places;
use serde_json::{Value, json};
use store::{Entry, Store};
use vault::Vault;

use crate::turn::Turn;

/// So long one run goes on; what is left, the next one does.
pub const BUDGET: Duration = Duration::from_secs(60);

/// So long whoever works at a provider's rotations keeps others away: longer than the platform lets a run live.
pub const HOLD: Duration = Duration::from_secs(150);

/// What could not be destroyed is tried again after that.
const AGAIN_AFTER: Duration = Duration::from_secs(600);

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: Store,
    /// Where credentials are.
    pub vault: Vault,
    /// The way to providers.
    pub outbound: Outbound,
    places: Places,
    /// Time and randomness.
    pub clock: Clock,
    shelf: Shelf,
}

/// Time and randomness.
#[derive(Clone, Copy)]
pub struct Clock {
    /// The clock.
    pub now: fn() -> Timestamp,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Entries that were dealt with.
    pub looked: u32,
    /// Entries that could not be dealt with; they are looked at again.
    pub failed: u32,
    /// Entries for which there was no time.
    pub left: u32,
}

impl Done {
    /// As the platform's log shows it.
    #[must_use]
    pub fn into_answer(self) -> Value {
        let Self { looked, failed, left } = self;
        json!({ "looked": looked, "failed": failed, "left": left })
    }
}

impl App {
    /// Makes no call.
    #[must_use]
    pub fn new(store: Store, vault: Vault, outbound: Outbound, clock: Clock) -> Self {
        let shelf = Shelf::new(vault.clone());
        Self { store, vault, outbound, places: Places::default(), clock, shelf }
    }

    /// The same, with the APIs that make keys somewhere else.
    #[must_use]
    pub fn at(self, places: Places) -> Self {
        Self { places, ..self }
    }

    /// Goes through what is due.
    ///
    /// # Errors
    /// When that cannot be read. A provider that cannot be dealt with is logged and keeps no other one waiting.
    pub async fn run(&self) -> Result<Done> {
        let granted = actor(None).grant(RunRotations, Platform)?;
        let (mut done, end) = (Done::default(), self.now().plus(BUDGET));
        for entry in self.store.due_rotations(&granted, self.now()).await? {
            if self.now() >= end {
                done.left += 1;
                continue;
            }
            match self.entry(&granted, &entry).await {
                Ok(()) => done.looked += 1,
                Err(error) => {
                    let source = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(provider = %entry.provider, %error, source, "a rotation could not be looked at");
                    done.failed += 1;
                    let later = self.store.entry_put_off(&granted, &entry, self.now().plus(AGAIN_AFTER)).await;
                    if let Err(error) = later {
                        tracing::warn!(provider = %entry.provider, %error, "it is looked at again by the next run");
                    }
                }
            }
        }
        Ok(done)
    }

    async fn entry(&self, granted: &Granted<RunRotations>, entry: &Entry) -> Result<()> {
        let asked = RunRotation { id: entry.provider };
        let Some(id) = entry.organization else {
            let home = actor(None).grant(InHome::<PlatformScope, _>::new(asked), Platform)?;
            return self.at_home(granted, entry, &home, true).await;
        };
        match self.store.organization_to_rotate(granted, id).await? {
            Some(organization) if has_content(&organization) => {
                let home = actor(Some(&organization)).grant(InHome::<OrgScope, _>::new(asked), id)?;
                let is_in_use = organization.state.status() == Status::Active;
                self.at_home(granted, entry, &home, is_in_use).await
            }
            // With an organization goes everything that the vault had of it.
            _ => self.store.entry_done(granted, entry).await,
        }
    }

    async fn at_home<H: Home>(
        &self,
        granted: &Granted<RunRotations>,
        entry: &Entry,
        home: &Granted<InHome<H, RunRotation>>,
        is_in_use: bool,
    ) -> Result<()> {
        if let Some(forget) = entry.forget {
            self.forget(home, forget).await?;
        }
        let has_rotations = Turn::take(self, home, is_in_use).await?;
        if entry.forget.is_some() || !has_rotations {
            self.store.entry_done(granted, entry).await?;
        }
        Ok(())
    }

    fn now(&self) -> Timestamp {
        (self.clock.now)()
    }

    fn mint(&self) -> Mint {
        Mint::new(self.now(), (self.clock.random)())
    }
}

fn has_content(organization: &Organization) -> bool {
    match organization.standing(None, std::collections::BTreeMap::new()).status {
        Status::Active | Status::Archived | Status::Deleting => true,
        Status::Provisioning | Status::Deleted => false,
    }
}

/// The part of the product that acts, standing in that organization.
fn actor(organization: Option<&Organization>) -> Actor {
    let standing = organization.map(|organization| organization.standing(None, std::collections::BTreeMap::new()));
    let principal = Principal::System { part: SystemPart::ProviderRotations, on_behalf_of: None };
    Actor { principal, standing, origin: Origin::default() }
}
