//! How many mails the mail service takes of this deployment, and who of its senders may send when.
//!
//! Two limits, held over all senders together: so many a second, and so many in any 24 hours. A sender takes permits, each
//! with an instant of its own, before it sends; permits of two senders never have the same instant.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::delivery::Turn;
use crate::{Rejected, Timestamp};

const HOUR_MILLIS: u64 = 3_600_000;
/// The present hour and the 24 before it: whatever was sent in the last 24 hours lies in them.
const HOURS: u64 = 25;
/// A permit is worth nothing so long after its instant: permits that pile up would be a burst.
const STALE: Duration = Duration::from_secs(1);

/// What the mail service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailLimits {
    per_second: u32,
    per_day: u32,
}

impl MailLimits {
    /// Limits.
    ///
    /// # Errors
    /// Not 1 to 1,000 a second, or not 1 to 100,000,000 a day.
    pub fn new(per_second: u32, per_day: u32) -> Result<Self, Rejected> {
        let fits = (1..=1_000).contains(&per_second) && (1..=100_000_000).contains(&per_day);
        fits.then_some(Self { per_second, per_day }).ok_or(Rejected("must be 1 to 1000 a second, 1 to 100000000 a day"))
    }

    /// How many may be sent in any 24 hours of that turn and those before it: the last tenth is for what goes first.
    #[must_use]
    pub fn a_day(self, turn: Turn) -> u32 {
        match turn {
            Turn::First => self.per_day,
            Turn::Usual => self.per_day - self.per_day / 10,
        }
    }

    /// The instant of the permit with that number behind the first.
    fn slot(self, first: Timestamp, number: u32) -> Timestamp {
        let millis = (u64::from(number) * 1_000).div_ceil(u64::from(self.per_second));
        first.plus(Duration::from_millis(millis))
    }

    /// How many instants there are from then to there.
    fn slots(self, first: Timestamp, until: Timestamp) -> u32 {
        let millis = until.millis().saturating_sub(first.millis());
        u32::try_from((millis * u64::from(self.per_second)).div_ceil(1_000)).unwrap_or(u32::MAX)
    }
}

/// What was taken so far, by all senders together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailBudget {
    /// The first instant that nobody has, in milliseconds since 1970.
    next: u64,
    /// Permits by hour, oldest first.
    hours: Vec<Hour>,
    /// Counts changes.
    pub version: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Hour {
    /// Since 1970.
    hour: u64,
    mails: u32,
}

/// Permits of one sender, used one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailPermits {
    limits: MailLimits,
    turn: Turn,
    first: Timestamp,
    count: u32,
    used: u32,
    hour: u64,
}

/// Whether a sender got permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// So many, and the budget without them.
    Permits(MailBudget, MailPermits),
    /// Other senders have every instant up to the end that was asked for.
    NotYet,
    /// The daily quota is spent, as far as this turn may.
    Spent,
}

impl MailBudget {
    /// Takes up to so many permits, all of them before `until`.
    #[must_use]
    pub fn take(&self, limits: MailLimits, turn: Turn, wanted: u32, now: Timestamp, until: Timestamp) -> Taken {
        let first = now.max(Timestamp::from_millis(self.next));
        let left = limits.a_day(turn).saturating_sub(self.sent_in_a_day(now));
        let slots = limits.slots(first, until);
        let count = wanted.min(left).min(slots);
        match (left, count) {
            (0, _) => Taken::Spent,
            (_, 0) => Taken::NotYet,
            _ => {
                let end = limits.slot(first, count);
                let hour = end.plus(STALE).millis() / HOUR_MILLIS;
                let budget = Self { next: end.millis(), version: self.version + 1, ..self.counted(hour, count, now) };
                Taken::Permits(budget, MailPermits { limits, turn, first, count, used: 0, hour })
            }
        }
    }

    /// Takes back what of these was not used.
    #[must_use]
    pub fn give_back(&self, permits: &MailPermits) -> Self {
        let unused = permits.count.saturating_sub(permits.used);
        let less = |hour: &Hour| match hour.hour == permits.hour {
            true => Hour { mails: hour.mails.saturating_sub(unused), ..*hour },
            false => *hour,
        };
        let is_last = self.next == permits.limits.slot(permits.first, permits.count).millis();
        let next = if is_last { permits.slot().millis() } else { self.next };
        Self { next, hours: self.hours.iter().map(less).collect(), version: self.version + 1 }
    }

    /// What was sent in the last 24 hours, or up to an hour longer.
    #[must_use]
    pub fn sent_in_a_day(&self, now: Timestamp) -> u32 {
        let from = (now.millis() / HOUR_MILLIS).saturating_sub(HOURS - 1);
        self.hours.iter().filter(|hour| hour.hour >= from).fold(0, |sum: u32, hour| sum.saturating_add(hour.mails))
    }

    fn counted(&self, in_hour: u64, count: u32, now: Timestamp) -> Self {
        let from = (now.millis() / HOUR_MILLIS).saturating_sub(HOURS - 1);
        let mut hours: Vec<Hour> = self.hours.iter().copied().filter(|hour| hour.hour >= from).collect();
        match hours.iter_mut().find(|hour| hour.hour == in_hour) {
            Some(hour) => hour.mails = hour.mails.saturating_add(count),
            None => hours.push(Hour { hour: in_hour, mails: count }),
        }
        Self { hours, ..self.clone() }
    }
}

impl MailPermits {
    /// The instant of the next permit, from which on it may be used.
    #[must_use]
    pub fn slot(&self) -> Timestamp {
        self.limits.slot(self.first, self.used)
    }

    /// Whether the next permit is there and still good for a mail of that turn.
    #[must_use]
    pub fn serve(&self, turn: Turn, now: Timestamp) -> bool {
        self.used < self.count && turn <= self.turn && now <= self.slot().plus(STALE)
    }

    /// One was used.
    pub fn use_one(&mut self) {
        self.used = self.used.saturating_add(1).min(self.count);
    }

    /// Whether none is left.
    #[must_use]
    pub fn are_used(&self) -> bool {
        self.used >= self.count
    }
}

#[cfg(test)]
#[path = "mail_budget_tests.rs"]
mod tests;
