//! Mails on their way: what is told to which address, and how far that is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::account_link::LinkPurpose;
use crate::invitation::LIFETIME;
use crate::notification::{Family, NoticeKind};
use crate::{Action, Command, Email, Event, EventKind, PlatformScope, Timestamp};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Nothing is worth telling longer than this after its event.
pub const TOLD_AT_MOST: Duration = LIFETIME;
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
        /// When the recipient's server took it, as far as the mail service told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivered_at: Option<Timestamp>,
        /// What went wrong behind the mail service, but not for good, such as a full mailbox.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// It is never sent.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: String,
    },
    /// It was sent, and nothing arrives at that address.
    Bounced {
        /// When that was told.
        at: Timestamp,
        /// Why.
        why: String,
    },
    /// It arrived, and was called unwanted.
    Complained {
        /// When that was told.
        at: Timestamp,
        /// As what.
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
        is_too_late(self.notice, self.event.at, now)
    }

    /// When it is its turn. Somebody who joined with ten thousand others did not ask for the link at this moment.
    #[must_use]
    pub fn turn(&self) -> Turn {
        match self.notice.family() {
            Family::Security => Turn::First,
            Family::Links if self.event.action != EventKind::MemberAdded => Turn::First,
            _ => Turn::Usual,
        }
    }
}

/// In which order mails are sent, and which of them the last of the daily quota is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// What protects an account, and links that somebody waits for.
    First,
    /// Everything else.
    Usual,
}

/// How long after its event something is worth a mail: a link as long as it works, what protects an account for three
/// days, and news for one.
#[must_use]
pub fn worth_telling(notice: NoticeKind) -> Duration {
    match notice {
        NoticeKind::Invited => LIFETIME,
        NoticeKind::VerificationLink => LinkPurpose::Verification.validity(),
        NoticeKind::PasswordResetLink => LinkPurpose::PasswordReset.validity(),
        NoticeKind::EmailChangeLink => LinkPurpose::EmailChange.validity(),
        _ if notice.family() == Family::Security => 3 * DAY,
        _ => DAY,
    }
}

/// Whether that is not worth telling by mail any more.
#[must_use]
pub fn is_too_late(notice: NoticeKind, happened: Timestamp, now: Timestamp) -> bool {
    happened.plus(worth_telling(notice)) < now
}

impl DeliveryState {
    /// When somebody is to look at it; never for what is over.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Queued { due, .. } => Some(*due),
            Self::Claimed { until, .. } => Some(*until),
            Self::Sent { .. } | Self::Failed { .. } | Self::Bounced { .. } | Self::Complained { .. } => None,
        }
    }

    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Queued { attempts, .. } | Self::Claimed { attempts, .. } => *attempts,
            Self::Sent { .. } | Self::Failed { .. } | Self::Bounced { .. } | Self::Complained { .. } => 0,
        }
    }

    /// The mail service took it.
    #[must_use]
    pub fn sent(at: Timestamp, message_id: String) -> Self {
        Self::Sent { at, message_id, delivered_at: None, trouble: None }
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

    #[test]
    fn a_link_is_worth_sending_while_it_works_what_protects_for_three_days_and_news_for_one() {
        let hours = |kind| worth_telling(kind).as_secs() / 3600;
        for kind in NoticeKind::ALL {
            let wanted = match kind {
                NoticeKind::Invited => 7 * 24,
                NoticeKind::PasswordResetLink => 1,
                NoticeKind::VerificationLink | NoticeKind::EmailChangeLink => 24,
                _ if kind.family() == Family::Security => 3 * 24,
                _ => 24,
            };
            assert_eq!(hours(kind), wanted, "{}", kind.name());
            assert!(worth_telling(kind) <= TOLD_AT_MOST, "{}", kind.name());
            let (then, end) = (Timestamp::from_millis(0), Timestamp::from_millis(wanted * 3_600_000));
            assert!(!is_too_late(kind, then, end) && is_too_late(kind, then, end.plus(Duration::from_millis(1))));
        }
    }
}
