//! Rotation: a new credential of a provider is tested and takes the place of the one that is used, and both are valid for a while.
//!
//! What is stored is one value, changed by pure steps: each is written on the version that was read, so that of two who act at
//! once one does. Nothing here makes or ends a key; a step says what may be done next, and was done before it is taken.

use serde::{Deserialize, Serialize};

use crate::id::{ProviderId, RotationId};
use crate::provider::Provider;
use crate::{Code, Error, Result, Timestamp};

mod commands;
mod past;
mod schedule;
mod stage;

pub use commands::{
    CancelRotation, RemoveSchedule, RequestRotation, RunRotation, RunRotations, SetSchedule, ViewRotations,
};
pub use past::{Outcome, PAST_MAX, Past};
pub use schedule::{EveryDays, GraceHours, Keeper, Method, REMINDED_AGAIN, Schedule};
pub use stage::{Candidate, HANDLE_BYTES_MAX, Handle, Leftover, Making, Stage, TRIED_FOR};

/// All that is stored of the rotations of one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotations {
    /// Of which provider.
    pub provider: ProviderId,
    /// How often, if it is to come by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// The one that has not ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Rotation>,
    /// What ended ones left in the vault and at the provider, until it is gone.
    #[serde(default)]
    pub leftovers: Vec<Leftover>,
    /// The last ones that ended, newest first.
    #[serde(default)]
    pub past: Vec<Past>,
    /// Somebody works at it until then: nobody else does, since two who make or end keys at once could end each other's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// Something was in the way; it is tried again then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// How often in a row it failed.
    #[serde(default)]
    pub failures: u32,
    /// Counts changes.
    pub version: u64,
}

/// A rotation that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Its id.
    pub id: RotationId,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// By whom.
    pub requested_by: String,
    /// Which version of the credential it replaces: where that is another one, somebody was faster.
    pub replaces: u64,
    /// How long the old one stays valid.
    pub grace: GraceHours,
    /// How far it is.
    pub stage: Stage,
    /// What was last in its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

impl Rotations {
    /// Of a provider of which nothing is stored yet.
    #[must_use]
    pub fn new(provider: ProviderId) -> Self {
        Self {
            provider,
            schedule: None,
            running: None,
            leftovers: vec![],
            past: vec![],
            held_until: None,
            not_before: None,
            failures: 0,
            version: 0,
        }
    }

    /// When somebody is to look at it; none = never, as it is.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let at_once = Timestamp::from_millis(0);
        let running = self.running.as_ref().map(|running| match &running.stage {
            Stage::Given { .. } | Stage::ToMake | Stage::Making { .. } | Stage::Testing { .. } => at_once,
            Stage::Grace { until, .. } => *until,
        });
        let left = (!self.leftovers.is_empty()).then_some(at_once);
        let next = self.schedule.as_ref().map(|schedule| schedule.next_at).filter(|_| self.running.is_none());
        let due = [running, left, next].into_iter().flatten().min()?;
        [Some(due), self.held_until, self.not_before].into_iter().flatten().max()
    }

    /// A rotation begins.
    ///
    /// # Errors
    /// [`Code::Conflict`] where another one has not ended.
    pub fn request(&self, rotation: Rotation) -> Result<Self> {
        if self.running.is_some() {
            return Err(Error::new(Code::Conflict, "a rotation has not ended"));
        }
        Ok(Self { running: Some(rotation), ..self.stepped() })
    }

    /// The running one in another stage.
    #[must_use]
    pub fn at(&self, stage: Stage) -> Self {
        let running = self.running.clone().map(|running| Rotation { stage, trouble: None, ..running });
        Self { running, ..self.stepped() }
    }

    /// The new version takes the place of the old one: the provider with it, and the rotation in its grace. Only while the
    /// credential is the one that was to be replaced.
    #[must_use]
    pub fn switch(&self, provider: &Provider, now: Timestamp) -> Option<(Self, Provider)> {
        let running = self.running.as_ref()?;
        let Stage::Testing { candidate, replaced, .. } = &running.stage else { return None };
        let credential = provider.credential.as_ref().filter(|credential| credential.version == running.replaces)?;
        let previous = Leftover::Key { version: credential.version, handle: replaced.clone() };
        let until = now.plus(running.grace.time());
        let stage = Stage::Grace { current: candidate.version, handle: candidate.handle.clone(), previous, until };
        let after = Provider {
            credential: Some(candidate.credential(running.requested_by.clone(), now)),
            updated_at: now,
            version: provider.version + 1,
            ..provider.clone()
        };
        Some((self.at(stage), after))
    }

    /// Whether the credential is another one than the running rotation knows: somebody stored, removed or voided it.
    #[must_use]
    pub fn is_overtaken(&self, provider: &Provider) -> bool {
        self.running.as_ref().is_some_and(|running| {
            let expected = match &running.stage {
                Stage::Grace { current, .. } => *current,
                Stage::Given { .. } | Stage::ToMake | Stage::Making { .. } | Stage::Testing { .. } => running.replaces,
            };
            provider.credential.as_ref().map(|credential| credential.version) != Some(expected)
        })
    }

    /// The running one is over. What it made and what is not used stays to be cleared away; a scheduled one comes again in a day
    /// if it failed.
    #[must_use]
    pub fn ended(&self, outcome: Outcome, now: Timestamp) -> Self {
        let Some(running) = self.running.clone() else { return self.clone() };
        let mut after = Self { running: None, ..self.stepped() };
        let is_done = outcome == Outcome::Retired;
        after.leftovers.extend(running.stage.clone().leftover(running.id).filter(|_| !is_done));
        if let (Some(schedule), Outcome::Failed { .. } | Outcome::Cancelled { .. }) = (&mut after.schedule, &outcome) {
            schedule.next_at = schedule.next_at.max(now.plus(schedule::AGAIN_AFTER));
        }
        after.past.insert(0, Past::of(&running, outcome, now));
        after.past.truncate(PAST_MAX);
        after
    }

    /// The same without a leftover that is gone.
    #[must_use]
    pub fn cleared(&self, gone: &Leftover) -> Self {
        let leftovers = self.leftovers.iter().filter(|left| *left != gone).cloned().collect();
        Self { leftovers, ..self.stepped() }
    }

    /// The same with a schedule, or with another one.
    #[must_use]
    pub fn scheduled(&self, schedule: Option<Schedule>) -> Self {
        Self { schedule, ..self.stepped() }
    }

    /// Somebody works at it until then; none = nobody any more.
    #[must_use]
    pub fn held(&self, until: Option<Timestamp>) -> Self {
        Self { held_until: until, version: self.version + 1, ..self.clone() }
    }

    /// Whether somebody works at it.
    #[must_use]
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    /// Something was in the way, and nobody works at it any more: tried again after a minute, doubling to an hour.
    #[must_use]
    pub fn put_off(&self, trouble: &str, now: Timestamp) -> Self {
        let minutes = 1_u64 << self.failures.min(6);
        let running = self.running.clone().map(|running| Rotation { trouble: Some(trouble.to_owned()), ..running });
        let not_before = Some(now.plus(std::time::Duration::from_secs(60 * minutes.min(60))));
        let failures = self.failures.saturating_add(1);
        Self { running, held_until: None, not_before, failures, version: self.version + 1, ..self.clone() }
    }

    /// Whether something at the provider was made by the product and is to be ended by it, which takes the schedule's way in.
    #[must_use]
    pub fn needs_keeper(&self) -> bool {
        let running = self.running.as_ref().is_some_and(|running| match &running.stage {
            Stage::Given { .. } => false,
            Stage::ToMake | Stage::Making { .. } => true,
            Stage::Testing { candidate, replaced, .. } => candidate.handle.is_some() || replaced.is_some(),
            Stage::Grace { previous, .. } => previous.is_at_provider(),
        });
        running || self.leftovers.iter().any(Leftover::is_at_provider)
    }

    /// A step on: what was in the way before is not any more. Who works at it still does.
    fn stepped(&self) -> Self {
        Self { not_before: None, failures: 0, version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
#[path = "rotation_tests.rs"]
mod tests;
