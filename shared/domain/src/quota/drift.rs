//! Whether a counter has charged what the ledger says, decided of a counter that was read before the ledger.
//!
//! Settling puts the line first and charges the counter after it. So whatever a counter has charged stands in a ledger
//! that is read later; and a line that it has not charged yet has its hold there still. What was settled in the moment of
//! reading may be either: it is counted as *unclear*, and only what is certain is repaired.

use std::time::Duration;

use super::{ByPeriod, Counter, DayUse, HoldKey, Period, Settled, Window};
use crate::Timestamp;

/// Clocks differ by less than that.
const SKEW: Duration = Duration::from_secs(10);

/// What the ledger says of one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledgered {
    /// What the counter must have charged.
    pub certain: u64,
    /// What it may have charged besides.
    pub unclear: u64,
    /// What was used before it began to count, or on that day.
    pub before: u64,
}

/// When a counter was read: not before the one instant, and not after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Before it was asked for.
    pub from: Timestamp,
    /// After it was there.
    pub to: Timestamp,
}

/// Whether a line was charged in a counter when that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// It was, or should have been.
    Yes,
    /// Not yet.
    NotYet,
    /// Nobody can tell.
    Unclear,
}

impl Counter {
    /// Whether that line was charged here, in a counter that was read then and in which nothing has lapsed.
    #[must_use]
    pub fn has_charged(&self, line: &Settled, read: Reading) -> Charged {
        let (before, after) = (read.from.minus(SKEW), read.to.plus(SKEW));
        match self.holds.get(&HoldKey::of(line.id)) {
            Some(hold) if line.attempts.contains(&hold.attempt) => Charged::NotYet,
            Some(_) => Charged::Unclear,
            None if line.settled_at <= before => Charged::Yes,
            None if line.late => Charged::Unclear,
            None if line.reserved_at <= before => Charged::Yes,
            None if line.reserved_at >= after => Charged::NotYet,
            None => Charged::Unclear,
        }
    }

    /// Adds a line to what the ledger says of each window that the counter counts.
    pub fn add_line(&self, ledger: &mut ByPeriod<Ledgered>, line: &Settled, read: Reading) {
        let charged = self.has_charged(line, read);
        for (period, entry) in self.entries.iter() {
            if entry.window.contains(line.reserved_at) {
                let sum = ledger.slot(period).get_or_insert_default();
                match charged {
                    Charged::Yes => {
                        sum.certain = sum.certain.saturating_add(line.tokens().get());
                        if entry.since.is_some_and(|since| line.reserved_at < since) {
                            sum.before = sum.before.saturating_add(line.tokens().get());
                        }
                    }
                    Charged::Unclear => sum.unclear = sum.unclear.saturating_add(line.tokens().get()),
                    Charged::NotYet => {}
                }
            }
        }
    }

    /// Adds what a closed day's row says.
    pub fn add_day(&self, ledger: &mut ByPeriod<Ledgered>, day: Window, used: &DayUse) {
        for (period, entry) in self.entries.iter() {
            let (sum, charged) = (ledger.slot(period).get_or_insert_default(), used.within(day, entry.window).charged);
            sum.certain = sum.certain.saturating_add(charged);
            if entry.since.is_some_and(|since| day.start() < since) {
                sum.before = sum.before.saturating_add(charged);
            }
        }
    }

    /// Whether such a difference comes of what was used before it began to count, in every window.
    #[must_use]
    pub fn misses_no_more_than_before(&self, drift: &ByPeriod<i64>, ledger: &ByPeriod<Ledgered>) -> bool {
        let before = |period| ledger.get(period).map_or(0, |sum| sum.before);
        drift.iter().all(|(period, by)| u64::try_from(*by).is_ok_and(|by| by <= before(period)))
    }

    /// By how much what it says was used has to grow, in each window that is not over, for it to be what the ledger says.
    #[must_use]
    pub fn drift(&self, ledger: &ByPeriod<Ledgered>, now: Timestamp) -> ByPeriod<i64> {
        ByPeriod::from_fn(|period| {
            let entry = self.entries.get(period).filter(|entry| entry.window.contains(now))?;
            let used = i128::from(self.used(period)?);
            let Ledgered { certain, unclear, before: _ } = ledger.get(period).copied().unwrap_or_default();
            let (least, most) = (i128::from(certain), i128::from(certain) + i128::from(unclear));
            let by = least.saturating_sub(used).max(0) + most.saturating_sub(used).min(0);
            let room = |by: i64| entry.left.checked_sub(by).map(|_| by);
            i64::try_from(by).ok().filter(|by| *by != 0).and_then(room)
        })
    }

    /// What was used of the window that a period counts.
    #[must_use]
    pub fn used(&self, period: Period) -> Option<i64> {
        let entry = self.entries.get(period)?;
        let cap = entry.cap.map_or(0, super::Tokens::signed);
        cap.checked_sub(entry.left)?.checked_sub(entry.flows.net())?.checked_sub(self.held_in(entry.window).signed())
    }

    /// The counter after that was repaired.
    #[must_use]
    pub fn repaired(&self, drift: &ByPeriod<i64>) -> Self {
        let mut after = self.clone();
        for (period, by) in drift.iter() {
            if let Some(entry) = after.entries.slot(period) {
                entry.left = entry.left.saturating_sub(*by);
            }
        }
        after
    }

    /// Of all parts together the windows that the root has begun itself.
    #[must_use]
    pub fn begun_of(&self, whole: Self) -> Self {
        let begun = |period| {
            let entry = whole.entries.get(period)?;
            self.entries.get(period).is_some_and(|root| root.window == entry.window).then(|| entry.clone())
        };
        Self { entries: ByPeriod::from_fn(begun), ..whole }
    }

    /// The windows that it counts at that instant.
    pub fn present(&self, now: Timestamp) -> impl Iterator<Item = Window> {
        self.entries.iter().map(|(_, entry)| entry.window).filter(move |window| window.contains(now))
    }
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
