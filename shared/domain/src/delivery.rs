//! Mails on their way: what is told to which address, and how far that is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::notification::NoticeKind;
use crate::{Action, Command, Email, Event, PlatformScope, Timestamp};

/// What is not sent within this time after its event is not sent at all.
pub const TOO_LATE: Duration = Duration::from_secs(24 * 3600);
/// So long does one sender have a mail to itself.
pub const LEASE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(30);
const PAUSE_MAX: Duration = Duration::from_secs(15 * 60);

/// One mail about one event to one address. What it says follows from these fields alone, so that every attempt says the
/// same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// What happened.
    pub event: Event,
    /// As what it is told.
    pub notice: NoticeKind,
    /// To whom, as the address was when the mail was planned.
    pub to: Email,
    /// Names that the event has ids of only, as they were then.
    #[serde(default)]
    pub names: Names,
    /// How far it is.
    pub state: DeliveryState,
    /// Counts the changes of its state.
    pub version: u64,
}

/// What things were called when a mail was planned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The event's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The event's project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// How far a delivery is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum DeliveryState {
    /// It waits.
    Queued {
        /// Until then.
        due: Timestamp,
        /// After so many attempts.
        attempts: u32,
    },
    /// Somebody is sending it, or was cut off.
    Claimed {
        /// From then on it is anybody's again.
        until: Timestamp,
        /// This one included.
        attempts: u32,
    },
    /// The mail service took it.
    Sent {
        /// When.
        at: Timestamp,
        /// What the mail service calls it.
        message_id: String,
    },
    /// It is never sent.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: String,
    },
}

impl Delivery {
    /// A mail to be sent at once.
    #[must_use]
    pub fn new(event: Event, notice: NoticeKind, to: Email, names: Names, now: Timestamp) -> Self {
        Self { event, notice, to, names, state: DeliveryState::Queued { due: now, attempts: 0 }, version: 1 }
    }

    /// Whether it is not worth sending any more.
    #[must_use]
    pub fn is_too_late(&self, now: Timestamp) -> bool {
        now.minus(TOO_LATE) > self.event.at
    }
}

impl DeliveryState {
    /// When somebody is to look at it; never for what is over.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Queued { due, .. } => Some(*due),
            Self::Claimed { until, .. } => Some(*until),
            Self::Sent { .. } | Self::Failed { .. } => None,
        }
    }

    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Queued { attempts, .. } | Self::Claimed { attempts, .. } => *attempts,
            Self::Sent { .. } | Self::Failed { .. } => 0,
        }
    }

    /// The state of whoever sends it next.
    #[must_use]
    pub fn claimed(&self, now: Timestamp) -> Self {
        Self::Claimed { until: now.plus(LEASE), attempts: self.attempts().saturating_add(1) }
    }

    /// The state after an attempt that came too early: 30 seconds, a minute, … a quarter of an hour at most.
    #[must_use]
    pub fn put_off(&self, now: Timestamp) -> Self {
        let doubled = 1_u32.checked_shl(self.attempts().saturating_sub(1)).unwrap_or(u32::MAX);
        let pause = PAUSE.checked_mul(doubled).map_or(PAUSE_MAX, |pause| pause.min(PAUSE_MAX));
        Self::Queued { due: now.plus(pause), attempts: self.attempts() }
    }
}

/// Plans and sends what people are told.
#[derive(Clone, Copy, Debug)]
pub struct SendNotices;

impl Command for SendNotices {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::SendNotices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_between_attempts_double_up_to_a_quarter_of_an_hour() {
        let now = Timestamp::from_millis(0);
        let mut state = DeliveryState::Queued { due: now, attempts: 0 };
        let mut pauses = vec![];
        for _ in 0..40 {
            state = state.claimed(now).put_off(now);
            pauses.push(state.due().unwrap().seconds());
        }
        assert_eq!(pauses[..7], [30, 60, 120, 240, 480, 900, 900]);
        assert!(pauses[7..].iter().all(|pause| *pause == 900));
    }
}
