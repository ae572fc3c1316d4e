//! Rotations as the part of the product sees them that runs them.

use domain::change::Change;
use domain::home::{Home, InHome};
use domain::id::OrganizationId;
use domain::organization::Organization;
use domain::provider::Provider;
use domain::rotation::{Rotations, RunRotation, RunRotations};
use domain::{Code, Error, EventKind, Granted, Mint, Result, Timestamp};

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::keys::{index, rotation};
use crate::page::Query;
use crate::providers::{between, target};
use crate::rotation_entries::{Entry, EntryItem};

/// So many entries one run reads.
const ENTRIES_MAX: u32 = 200;

/// What the log says of a step.
pub struct Told {
    /// What happened.
    pub kind: EventKind,
    /// With which particulars.
    pub changes: Vec<Change>,
}

impl Store {
    /// AP-335. What is due, the longest first; at most 200. The index is eventually consistent.
    pub async fn due_rotations(&self, _: &Granted<RunRotations>, now: Timestamp) -> Result<Vec<Entry>> {
        let query = Query::on(&self.platform, index::FIRST, rotation::LIST.to_owned());
        let (items, _) =
            self.query(&query.between(rotation::FIRST.to_owned(), rotation::until(now)), None, ENTRIES_MAX).await?;
        items.into_iter().map(|item| decode::<EntryItem>(item).map(Entry::from)).collect()
    }

    /// AP-336. The organization whose provider is to be looked at, if it is there.
    pub async fn organization_to_rotate(
        &self,
        _: &Granted<RunRotations>,
        id: OrganizationId,
    ) -> Result<Option<Organization>> {
        match self.organization(id).await {
            Ok(organization) => Ok(Some(organization)),
            Err(error) if error.code() == Code::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// AP-337. The provider and its rotations; either may be gone.
    pub async fn rotations_to_run<H: Home>(
        &self,
        granted: &Granted<InHome<H, RunRotation>>,
    ) -> Result<(Option<Provider>, Option<Rotations>)> {
        self.rotations(granted.scope(), granted.command().what.id).await
    }

    /// AP-338. The next step of a rotation, with its record where it has one.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where somebody was faster.
    pub async fn step_rotation<H: Home>(
        &self,
        granted: &Granted<InHome<H, RunRotation>>,
        provider: &Provider,
        (before, after): (&Rotations, &Rotations),
        told: Option<Told>,
        mint: &mut Mint,
    ) -> Result<()> {
        let mut writes = self.save(granted.scope(), before.version, after)?;
        if let Some(Told { kind, changes }) = told {
            writes.push(self.event(&granted.event(mint, kind, target(provider), changes))?);
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => fault.into_error("taking a step of a rotation"),
        })
    }

    /// AP-339. The moment of a rotation: the provider names the new credential, the old one's grace begins, and both are recorded.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where the provider or its rotations are others than were read.
    pub async fn switch_credential<H: Home>(
        &self,
        granted: &Granted<InHome<H, RunRotation>>,
        (had, has): (&Provider, &Provider),
        (before, after): (&Rotations, &Rotations),
        mint: &mut Mint,
    ) -> Result<()> {
        let home = granted.scope();
        let rotation = after.running.as_ref().map(|running| Change::set("rotation", running.id));
        let changes = rotation.into_iter().chain(between(Some(had), Some(has))).collect();
        let event = granted.event(mint, EventKind::CredentialRotated, target(has), changes);
        let mut writes = vec![self.replace_provider(home, had, has)?];
        writes.extend(self.save(home, before.version, after)?);
        writes.push(self.event(&event)?);
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0 | 1) => Error::stale(),
            _ => fault.into_error("making a new credential current"),
        })
    }

    /// AP-340. An entry was dealt with; one that was made anew meanwhile stays.
    pub async fn entry_done(&self, _: &Granted<RunRotations>, entry: &Entry) -> Result<()> {
        let done = Edit::of(&self.platform, entry.key.clone()).when("gsi1sk", "=", &entry.at)?.delete()?;
        self.settle_entry(vec![done]).await
    }

    /// AP-341. An entry could not be dealt with, and is looked at again then.
    pub async fn entry_put_off(&self, _: &Granted<RunRotations>, entry: &Entry, until: Timestamp) -> Result<()> {
        let edit = Edit::of(&self.platform, entry.key.clone()).when("gsi1sk", "=", &entry.at)?;
        let later = edit.set("gsi1sk", rotation::at(until, entry.provider))?.update()?;
        self.settle_entry(vec![later]).await
    }

    async fn settle_entry(&self, writes: Vec<aws_sdk_dynamodb::types::TransactWriteItem>) -> Result<()> {
        match self.transact(writes).await {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("settling an entry of rotations")),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
