//! Rotations as people ask for them: to begin one, to look at them, to call one off, and how often they come by themselves.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::Change;
use domain::home::{Home, HomeCommand, InHome};
use domain::id::ProviderId;
use domain::provider::Provider;
use domain::rotation::{
    CancelRotation, Keeper, Method, Outcome, RemoveSchedule, RequestRotation, Rotation, Rotations, Schedule,
    SetSchedule, Stage,
};
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, Result};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::idempotency::{Idempotency, Made};
use crate::items::TenantItem;
use crate::keys::{Key, provider, rotation};
use crate::organizations::acting;
use crate::providers::target;
use crate::rotation_entries::Forget;

/// Where the second credential of a provider lies in the vault, which makes and ends keys: apart from the one that is used, so
/// that who reads the one does not read the other.
#[must_use]
pub fn keeper_path(home: &impl Home, id: ProviderId) -> String {
    match home.organization() {
        Some(scope) => format!("orgs/{}/rotations/{id}", scope.organization()),
        None => format!("platform/rotations/{id}"),
    }
}

/// As it is stored: in one attribute, and its version beside it.
#[derive(Serialize, Deserialize)]
struct Stored {
    content: Rotations,
}

impl Store {
    /// AP-330. A provider and its rotations, in one round trip.
    pub async fn read_rotations<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        id: ProviderId,
    ) -> Result<(Provider, Rotations)> {
        let (provider, rotations) = self.rotations(granted.scope(), id).await?;
        Ok((provider.ok_or_else(Error::not_found)?, rotations.unwrap_or_else(|| Rotations::new(id))))
    }

    /// AP-342. The same for who asks for one; none where an earlier request with the same key did.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where the provider is another one than was read; [`Code::Conflict`] where a rotation has not
    /// ended; [`Code::Invalid`] where there is no credential to replace.
    pub async fn rotations_to_request<H: Home>(
        &self,
        granted: &Granted<InHome<H, RequestRotation>>,
        sent: Option<&Idempotency>,
        mint: &Mint,
    ) -> Result<Option<(Provider, Rotations)>> {
        let RequestRotation { id, version, .. } = granted.command().what;
        let (provider, rotations) = self.read_rotations(granted, id).await?;
        let refusal = match &provider.credential {
            _ if provider.version != version => Error::stale(),
            None => Error::new(Code::Invalid, "there is no credential to replace; store one"),
            Some(_) if rotations.running.is_some() => running(),
            Some(_) => return Ok(Some((provider, rotations))),
        };
        self.made_before::<()>(granted.actor(), sent, refusal, mint).await.map(|_| None)
    }

    /// AP-331. A rotation begins: with a credential that lies in the vault, or with one that is to be made. The version that was
    /// read of the provider is the one that it is meant for.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where the provider is another one than was read; [`Code::Conflict`] where a rotation has not
    /// ended; [`Code::Invalid`] where there is no credential to replace.
    pub async fn request_rotation<H: Home>(
        &self,
        granted: &Granted<InHome<H, RequestRotation>>,
        (provider, before): (&Provider, &Rotations),
        stage: Stage,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Rotations>> {
        let missing = || Error::new(Code::Invalid, "there is no credential to replace; store one");
        let replaces = provider.credential.as_ref().ok_or_else(missing)?.version;
        let rotation = Rotation {
            id: mint.id(),
            requested_at: mint.now(),
            requested_by: acting(granted.actor()),
            replaces,
            grace: granted.command().what.grace,
            stage,
            trouble: None,
        };
        let changes = begun(&rotation);
        let mark = self.mark(granted.actor(), sent, rotation.id, mint)?;
        let after = before.request(rotation)?;
        let event = granted.event(mint, EventKind::RotationRequested, target(provider), changes);
        let mut writes = vec![self.is_unchanged(granted.scope(), provider)?];
        writes.extend(self.save(granted.scope(), before.version, &after)?);
        writes.push(self.event(&event)?);
        let made = self.make(writes, mark, after).await?;
        made.map_err(|fault| refused(fault, "asking for a rotation"))
    }

    /// AP-332. The running rotation is called off; what it made is cleared away.
    ///
    /// # Errors
    /// [`Code::NotFound`] where none is running; [`Code::Conflict`] where the new credential is current already, or somebody works
    /// at it at this moment.
    pub async fn cancel_rotation<H: Home>(
        &self,
        granted: &Granted<InHome<H, CancelRotation>>,
        mint: &mut Mint,
    ) -> Result<(Provider, Rotations)> {
        let (provider, before) = self.read_rotations(granted, granted.command().what.id).await?;
        let running = before.running.as_ref().ok_or_else(Error::not_found)?;
        if !running.stage.is_before_current() {
            return Err(Error::new(Code::Conflict, "the new credential is current already"));
        }
        let changes = vec![Change::set("rotation", running.id)];
        let after = before.ended(Outcome::Cancelled { by: acting(granted.actor()) }, mint.now());
        let event = granted.event(mint, EventKind::RotationCancelled, target(&provider), changes);
        let mut writes = self.save(granted.scope(), before.version, &after)?;
        writes.push(self.event(&event)?);
        let written = self.transact(writes).await;
        written
            .map_err(|fault| fault.refused().map_or_else(|| fault.into_error("calling a rotation off"), |_| busy()))?;
        Ok((provider, after))
    }

    /// AP-333. How often, from here on.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where the provider is another one than was read; [`Code::Conflict`] where a rotation that needs
    /// the schedule as it is has not ended.
    pub async fn set_rotation_schedule<H: Home>(
        &self,
        granted: &Granted<InHome<H, SetSchedule>>,
        (provider, before): (&Provider, &Rotations),
        keeper: Option<Keeper>,
        mint: &mut Mint,
    ) -> Result<Rotations> {
        let SetSchedule { every, grace, automatic, .. } = granted.command().what;
        let mut schedule = Schedule {
            every,
            grace,
            method: if automatic { Method::Automatic { keeper } } else { Method::Reminder },
            endpoint: provider.endpoint.clone(),
            next_at: mint.now(),
            set_at: mint.now(),
            set_by: acting(granted.actor()),
        };
        schedule.next_at = schedule.due_for(provider).unwrap_or(mint.now());
        let after = before.scheduled(Some(schedule));
        self.reschedule(granted, (provider, before), &after, mint).await?;
        Ok(after)
    }

    /// AP-334. It comes by itself no more. Nothing happens where it did not.
    ///
    /// # Errors
    /// As [`Store::set_rotation_schedule`].
    pub async fn remove_rotation_schedule<H: Home>(
        &self,
        granted: &Granted<InHome<H, RemoveSchedule>>,
        mint: &mut Mint,
    ) -> Result<bool> {
        let (provider, before) = self.read_rotations(granted, granted.command().what.id).await?;
        let Some(schedule) = &before.schedule else { return Ok(false) };
        let had_keeper = schedule.keeper().is_some();
        self.reschedule(granted, (&provider, &before), &before.scheduled(None), mint).await?;
        Ok(had_keeper)
    }

    async fn reschedule<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        (provider, before): (&Provider, &Rotations),
        after: &Rotations,
        mint: &mut Mint,
    ) -> Result<()> {
        if before.needs_keeper() {
            let words =
                "a rotation that makes keys by itself has not ended; what it made is cleared away as its schedule says";
            return Err(Error::new(Code::Conflict, words));
        }
        let (home, changes) = (granted.scope(), between(before, after));
        let event = granted.event(mint, EventKind::RotationScheduleChanged, target(provider), changes);
        let mut writes = vec![self.is_unchanged(home, provider)?];
        writes.extend(self.save(home, before.version, after)?);
        writes.push(self.event(&event)?);
        let keeper = |rotations: &Rotations| rotations.schedule.as_ref().and_then(Schedule::keeper).cloned();
        if keeper(before).is_some() && keeper(after).is_none() {
            writes.push(self.to_forget(home, provider.id, Forget::Keeper, mint.now())?);
        }
        let written = self.transact(writes).await;
        written.map_err(|fault| refused(fault, "changing how often a credential is replaced"))
    }

    /// A provider and its rotations; both may be gone.
    pub(crate) async fn rotations(
        &self,
        home: &impl Home,
        id: ProviderId,
    ) -> Result<(Option<Provider>, Option<Rotations>)> {
        let organization = home.organization().map(OrgScope::organization);
        let keys = [provider::one(organization, id), rotation::of(organization, id)];
        let (mut found, mut rotations) = (None, None);
        for item in self.get_many(&self.table_of(home), &keys).await? {
            if item.contains_key("content") {
                rotations = Some(decode::<TenantItem<Stored>>(item)?.content.content);
            } else {
                found = Some(decode::<TenantItem<Provider>>(item)?.content);
            }
        }
        Ok((found, rotations))
    }

    /// The rotations as they are now, on the version that was read, and the entry that leads to them.
    pub(crate) fn save(&self, home: &impl Home, before: u64, after: &Rotations) -> Result<Vec<TransactWriteItem>> {
        let key = rotation::of(home.organization().map(OrgScope::organization), after.provider);
        let edit = Edit::of(&self.table_of(home), key).set("content", after)?.set("version", after.version)?;
        let edit = if before == 0 { edit.if_absent() } else { edit.when("version", "=", before)? };
        Ok(vec![edit.update()?, self.entry_of(home, after)?])
    }

    /// With a provider go its rotations and the entry that leads to them.
    pub(crate) fn without_rotations(&self, home: &impl Home, id: ProviderId) -> Result<[TransactWriteItem; 2]> {
        let organization = home.organization().map(OrgScope::organization);
        let rotations = Edit::of(&self.table_of(home), rotation::of(organization, id));
        Ok([rotations.delete()?, Edit::of(&self.platform, rotation::due(organization, id)).delete()?])
    }

    fn is_unchanged(&self, home: &impl Home, read: &Provider) -> Result<TransactWriteItem> {
        let key: Key = provider::one(home.organization().map(OrgScope::organization), read.id);
        Edit::of(&self.table_of(home), key).when("version", "=", read.version)?.check()
    }
}

/// What comes first says that the provider was changed meanwhile, what comes second that its rotations were.
fn refused(fault: Fault, doing: &'static str) -> Error {
    match fault.refused() {
        Some(0) => Error::stale(),
        Some(1) => busy(),
        _ => fault.into_error(doing),
    }
}

fn running() -> Error {
    let words = "a rotation has not ended: cancel it, let its grace end, or store a credential in the place of all";
    Error::new(Code::Conflict, words)
}

fn busy() -> Error {
    Error::new(Code::Conflict, "its rotations are worked at at this moment; try again").after_seconds(1)
}

/// What the record says of a rotation that begins.
pub(crate) fn begun(rotation: &Rotation) -> Vec<Change> {
    let brought = match &rotation.stage {
        Stage::Given { candidate } => Some(Change::set("credential", &candidate.mark.mask)),
        Stage::ToMake | Stage::Making { .. } | Stage::Testing { .. } | Stage::Grace { .. } => None,
    };
    let told = [Change::set("rotation", rotation.id), Change::set("grace_hours", rotation.grace.hours())];
    told.into_iter().chain(brought).collect()
}

fn between(before: &Rotations, after: &Rotations) -> Vec<Change> {
    let of = |rotations: &Rotations| rotations.schedule.clone();
    let (before, after) = (of(before), of(after));
    let days = |schedule: &Option<Schedule>| schedule.as_ref().map(|schedule| schedule.every.days());
    let hours = |schedule: &Option<Schedule>| schedule.as_ref().map(|schedule| schedule.grace.hours());
    let automatic = |schedule: &Option<Schedule>| {
        schedule.as_ref().map(|schedule| matches!(schedule.method, Method::Automatic { .. }))
    };
    let mask = |schedule: &Option<Schedule>| {
        schedule.as_ref().and_then(Schedule::keeper).map(|keeper| keeper.mark.mask.clone())
    };
    let fields = [
        Change::between("every_days", days(&before), days(&after)),
        Change::between("grace_hours", hours(&before), hours(&after)),
        Change::between("automatic", automatic(&before), automatic(&after)),
        Change::between("rotation_credential", mask(&before), mask(&after)),
    ];
    fields.into_iter().flatten().collect()
}
