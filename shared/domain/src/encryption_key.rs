//! An organization's encryption key: when it is to turn, and how far what it wraps has followed.
//!
//! The key itself never leaves the vault. A turn goes through [`Stage`]s, each of which may be repeated: the key gets a new
//! version, what older ones wrap is wrapped anew, and then these stop opening anything.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Rejected, Result, Timestamp};

pub use crate::encryption_key_commands::{
    ReadEncryptionKey, RotateEncryptionKey, ScheduleRotation, SweepEncryptionKeys, TurnEncryptionKey,
};

/// Whoever has a data key of an older version at hand, or has read what it sealed and is about to write it back, is done after
/// that: data keys are kept for 5 minutes, and no request takes as long as the rest.
pub const SETTLE: Duration = Duration::from_secs(10 * 60);
/// What cannot be wrapped anew is looked at again after that.
const AGAIN: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// After how many days a key turns by itself: 30 to 3,650.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct RotationDays(u16);

impl TryFrom<u16> for RotationDays {
    type Error = Rejected;
    fn try_from(days: u16) -> Result<Self, Rejected> {
        (30..=3_650).contains(&days).then_some(Self(days)).ok_or(Rejected("must be 30 to 3650 days"))
    }
}

impl From<RotationDays> for u16 {
    fn from(RotationDays(days): RotationDays) -> Self {
        days
    }
}

/// What is known of an organization's key without asking the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncryptionKey {
    /// Its newest version; the vault counts from 1.
    pub newest: u32,
    /// When that was made.
    pub made_at: Timestamp,
    /// The oldest version that still opens something.
    pub oldest: u32,
    /// After how many days it turns by itself; none = never.
    #[serde(default)]
    pub every: Option<RotationDays>,
    /// Where its turn is.
    pub stage: Stage,
    /// Counts what people change of it; the `ETag`.
    pub version: u64,
    /// Counts every write, so that of two runs of the job one goes on.
    pub step: u64,
}

/// Where a turn is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Stage {
    /// Nowhere: nothing is under an older version than it may be.
    Resting,
    /// It is to get a new version.
    Requested {
        /// Since when.
        at: Timestamp,
        /// By whom; nobody where it is time.
        by: Option<String>,
        /// The newest version in the vault before, once that was looked at: a newer one that is met later is the one that was
        /// asked for.
        from: Option<u32>,
    },
    /// It has one, and what older versions wrap is wrapped anew.
    Rewrapping(Rewrapping),
    /// Nothing is under older versions any more and nothing can come; they are to stop opening.
    Retiring {
        /// For whom.
        by: Option<String>,
        /// How many attributes were wrapped anew.
        rewrapped: u64,
    },
}

/// How far the wrapping anew has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewrapping {
    /// For whom.
    pub by: Option<String>,
    /// The last instant at which something under an older version may have been there: that of the new version, then the end of
    /// each pass that found something.
    pub moved_at: Timestamp,
    /// When the next pass begins, or goes on.
    pub next_at: Timestamp,
    /// The pass that goes on.
    #[serde(default)]
    pub pass: Option<Pass>,
    /// How many attributes were wrapped anew.
    pub rewrapped: u64,
    /// How many the last pass could not wrap anew, since the vault does not open them.
    pub stuck: u64,
}

/// A walk through everything that is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Since when.
    pub since: Timestamp,
    /// In which family of items it is; none = before the first.
    #[serde(default)]
    pub family: Option<String>,
    /// Behind which item of it.
    #[serde(default)]
    pub behind: Option<String>,
    /// Whether it has met something under an older version. Stored before that is wrapped anew, or a run that dies there
    /// would leave a pass that has met nothing.
    pub found: bool,
    /// How many it could not wrap anew.
    pub stuck: u64,
}

/// What is next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing, or not yet.
    Wait,
    /// Time has come: the turn begins.
    Begin,
    /// Look which version is the newest.
    Look,
    /// Have a version made after that one.
    Rotate {
        /// The newest one before.
        from: u32,
    },
    /// A part of a pass.
    Walk(Pass),
    /// Let older versions go.
    Retire,
}

impl EncryptionKey {
    /// That of an organization which was made at that instant, with its first version.
    #[must_use]
    pub fn first(made_at: Timestamp) -> Self {
        Self { newest: 1, made_at, oldest: 1, every: None, stage: Stage::Resting, version: 0, step: 0 }
    }

    /// When it turns by itself; none where it never does, or turns now.
    #[must_use]
    pub fn turns_at(&self) -> Option<Timestamp> {
        let after = |RotationDays(days)| self.made_at.plus(DAY * u32::from(days));
        self.every.map(after).filter(|_| self.stage == Stage::Resting)
    }

    /// When somebody has to look at it; none = there is nothing to do.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::Resting => self.turns_at(),
            Stage::Requested { at, .. } => Some(*at),
            Stage::Rewrapping(Rewrapping { next_at, .. }) => Some(*next_at),
            Stage::Retiring { .. } => Some(self.made_at),
        }
    }

    /// What is to be done now.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Step {
        if self.due().is_none_or(|due| due > now) {
            return Step::Wait;
        }
        match &self.stage {
            Stage::Resting => Step::Begin,
            Stage::Requested { from: None, .. } => Step::Look,
            Stage::Requested { from: Some(from), .. } => Step::Rotate { from: *from },
            Stage::Rewrapping(Rewrapping { pass, .. }) => Step::Walk(pass.clone().unwrap_or(Pass::since(now))),
            Stage::Retiring { .. } => Step::Retire,
        }
    }

    /// The turn that somebody asks for, or time does.
    ///
    /// # Errors
    /// [`Code::EncryptionKeyRotating`] where one is not over.
    pub fn requested(&self, by: Option<String>, now: Timestamp) -> Result<Self> {
        match self.stage {
            Stage::Resting => Ok(self.at(Stage::Requested { at: now, by, from: None })),
            Stage::Requested { .. } | Stage::Rewrapping(_) | Stage::Retiring { .. } => {
                let words = "the key is turning already; wait until older versions are retired";
                Err(Error::new(Code::EncryptionKeyRotating, words))
            }
        }
    }

    /// It was looked which version is the newest. What the vault says counts.
    #[must_use]
    pub fn looked(&self, from: u32) -> Self {
        match self.stage.clone() {
            Stage::Requested { at, by, .. } => self.at(Stage::Requested { at, by, from: Some(from) }),
            stage @ (Stage::Resting | Stage::Rewrapping(_) | Stage::Retiring { .. }) => self.at(stage),
        }
    }

    /// It has that version now.
    #[must_use]
    pub fn rotated(&self, newest: u32, now: Timestamp) -> Self {
        let (by, moved_at, next_at) = (self.on_behalf_of(), now, now);
        let stage = Stage::Rewrapping(Rewrapping { by, moved_at, next_at, pass: None, rewrapped: 0, stuck: 0 });
        Self { newest, made_at: now, ..self.at(stage) }
    }

    /// The pass has come so far; it goes on at that instant.
    #[must_use]
    pub fn walked(&self, pass: Pass, rewrapped: u64, now: Timestamp) -> Self {
        let goes_on = |was: &Rewrapping| Rewrapping {
            pass: Some(pass),
            rewrapped: was.rewrapped.saturating_add(rewrapped),
            next_at: now,
            ..was.clone()
        };
        self.rewrapping(|was| Stage::Rewrapping(goes_on(was)))
    }

    /// The pass is over. One that found nothing, and began when nothing could come any more, lets older versions go.
    #[must_use]
    pub fn passed(&self, pass: &Pass, now: Timestamp) -> Self {
        self.rewrapping(|was| {
            let Rewrapping { by, rewrapped, .. } = was.clone();
            if !pass.found && was.moved_at.plus(SETTLE) <= pass.since {
                return Stage::Retiring { by, rewrapped };
            }
            let moved_at = if pass.found { now } else { was.moved_at };
            let settled_at = moved_at.plus(SETTLE);
            let next_at = if pass.stuck > 0 { now.plus(AGAIN) } else { settled_at };
            Stage::Rewrapping(Rewrapping { moved_at, next_at, pass: None, stuck: pass.stuck, ..was.clone() })
        })
    }

    /// Older versions open nothing any more.
    #[must_use]
    pub fn retired(&self) -> Self {
        Self { oldest: self.newest, ..self.at(Stage::Resting) }
    }

    /// It turns after so many days, or never.
    #[must_use]
    pub fn scheduled(&self, every: Option<RotationDays>) -> Self {
        Self { every, version: self.version + 1, ..self.at(self.stage.clone()) }
    }

    /// For whom it turns.
    #[must_use]
    pub fn on_behalf_of(&self) -> Option<String> {
        match &self.stage {
            Stage::Resting => None,
            Stage::Requested { by, .. } | Stage::Rewrapping(Rewrapping { by, .. }) | Stage::Retiring { by, .. } => {
                by.clone()
            }
        }
    }

    fn at(&self, stage: Stage) -> Self {
        Self { stage, step: self.step + 1, ..self.clone() }
    }

    fn rewrapping(&self, stage: impl FnOnce(&Rewrapping) -> Stage) -> Self {
        match &self.stage {
            Stage::Rewrapping(was) => self.at(stage(was)),
            Stage::Resting | Stage::Requested { .. } | Stage::Retiring { .. } => self.at(self.stage.clone()),
        }
    }
}

impl Pass {
    /// One that begins.
    #[must_use]
    pub fn since(since: Timestamp) -> Self {
        Self { since, family: None, behind: None, found: false, stuck: 0 }
    }
}

#[cfg(test)]
#[path = "encryption_key_tests.rs"]
mod tests;
