//! What comes by itself: rotations where a provider has an API for it, reminders where it has none.

use std::time::Duration;

use credentials::Kept;
use domain::change::Change;
use domain::home::Home;
use domain::rotation::{Method, REMINDED_AGAIN, Rotation, Schedule, Stage};
use domain::{EventKind, Result, Timestamp};
use store::{Told, keeper_path};

use crate::turn::{Next, Turn};

/// Where there is nothing to replace, or nobody uses it, it is looked at again after that.
const LOOKED_AGAIN: Duration = Duration::from_secs(24 * 3600);

impl<H: Home> Turn<'_, H> {
    pub(crate) async fn by_schedule(&mut self) -> Result<Next> {
        let now = self.app.now();
        let Some(schedule) = self.rotations.schedule.clone().filter(|schedule| schedule.next_at <= now) else {
            return Ok(Next::Rest);
        };
        match schedule.due_for(&self.provider) {
            Some(due) if due > now => self.look_again(schedule, due, None).await,
            Some(_) if self.is_in_use => match schedule.method {
                Method::Automatic { .. } => self.begin(&schedule).await,
                Method::Reminder => {
                    let told = Told { kind: EventKind::RotationDue, changes: self.reminder(&schedule) };
                    self.look_again(schedule, now.plus(REMINDED_AGAIN), Some(told)).await
                }
            },
            Some(_) | None => self.look_again(schedule, now.plus(LOOKED_AGAIN), None).await,
        }
    }

    async fn look_again(&mut self, schedule: Schedule, next_at: Timestamp, told: Option<Told>) -> Result<Next> {
        let schedule = Schedule { next_at, ..schedule };
        self.save(self.rotations.scheduled(Some(schedule)), told).await?;
        Ok(Next::Rest)
    }

    async fn begin(&mut self, schedule: &Schedule) -> Result<Next> {
        let (Some(credential), mut mint) = (&self.provider.credential, self.app.mint()) else { return Ok(Next::Rest) };
        let rotation = Rotation {
            id: mint.id(),
            requested_at: mint.now(),
            requested_by: "provider-rotations".to_owned(),
            replaces: credential.version,
            grace: schedule.grace,
            stage: Stage::ToMake,
            trouble: None,
        };
        let changes = vec![Change::set("rotation", rotation.id), Change::set("grace_hours", schedule.grace.hours())];
        let after = self.rotations.request(rotation)?;
        self.save(after, Some(Told { kind: EventKind::RotationRequested, changes })).await?;
        Ok(Next::Again)
    }

    fn reminder(&self, schedule: &Schedule) -> Vec<Change> {
        let set_at = self.provider.credential.as_ref().map(|credential| credential.set_at);
        let of = [Change::set("every_days", schedule.every.days())];
        of.into_iter().chain(set_at.map(|set_at| Change::set("set_at", set_at))).collect()
    }

    /// A schedule that was set for another address or type makes nothing any more: its second credential goes, and people are
    /// reminded instead.
    pub(crate) async fn void_schedule(&mut self) -> Result<bool> {
        let Some(schedule) = self.rotations.schedule.clone().filter(|schedule| !schedule.fits(&self.provider)) else {
            return Ok(false);
        };
        if schedule.keeper().is_some() {
            self.app.vault.destroy_secret(&keeper_path(self.home.scope(), self.provider.id)).await?;
        }
        let was_automatic = matches!(schedule.method, Method::Automatic { .. });
        let changes = vec![Change::set("automatic", false)];
        let told = was_automatic.then_some(Told { kind: EventKind::RotationScheduleChanged, changes });
        let endpoint = self.provider.endpoint.clone();
        let schedule = Schedule { method: Method::Reminder, endpoint, ..schedule };
        self.save(self.rotations.scheduled(Some(schedule)), told).await?;
        Ok(true)
    }

    /// The second credential, if it may be used for the provider as it is.
    pub(crate) async fn keeper(&self) -> Result<Option<Kept>> {
        let schedule = self.rotations.schedule.as_ref().filter(|schedule| schedule.fits(&self.provider));
        let Some(keeper) = schedule.and_then(Schedule::keeper) else { return Ok(None) };
        let path = keeper_path(self.home.scope(), self.provider.id);
        Ok(self.app.vault.read_version(&path, keeper.version).await?)
    }
}
