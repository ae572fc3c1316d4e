//! How holds end, and how a counter is brought up to date without a reservation: each one conditional write.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Counter, CounterWrite, Ground, HOLD, Hold, HoldKey, Tokens};
use crate::Timestamp;

impl Counter {
    /// Charges what was used in place of what was held. A hold of a try that the settlement did not see counts for nothing:
    /// it came too late.
    #[must_use]
    pub fn settle(&self, key: HoldKey, used: Tokens, attempts: &BTreeSet<u32>) -> Option<CounterWrite> {
        let hold = self.holds.get(&key)?;
        let used = if attempts.contains(&hold.attempt) { used } else { Tokens::ZERO };
        let mut after = self.clone();
        after.charge(key, used);
        Some(CounterWrite::between(Some(self), after, false))
    }

    /// Gives a hold back; with `attempt`, only that of this try.
    #[must_use]
    pub fn release(&self, key: HoldKey, attempt: Option<u32>) -> Option<CounterWrite> {
        let hold = self.holds.get(&key)?;
        let is_meant = attempt.is_none_or(|attempt| attempt == hold.attempt);
        let mut after = self.clone();
        after.give_back(key);
        is_meant.then(|| CounterWrite::between(Some(self), after, false))
    }
}

/// A hold that lapses so soon may be taken away, as lapsed, by somebody else's reservation while its settlement is under way.
const UNDER_WAY: Duration = Duration::from_secs(60);

impl Hold {
    /// Whether a settlement that begins now may come too late for it.
    #[must_use]
    pub fn may_lapse_meanwhile(&self, now: Timestamp) -> bool {
        self.has_lapsed(now.plus(UNDER_WAY))
    }
}

/// What is to be done in one scope for spending whose hold is gone, or may go at any moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belated {
    /// Nothing: no window that still counts is concerned.
    Nothing,
    /// It is held there, by whoever put it there.
    Held(Hold),
    /// Puts a hold of what was used, whether there is room or not, or renews one that is still there; the settlement charges it.
    Put(CounterWrite, Hold),
    /// The counter was written by somebody who knew newer limits: read again.
    Behind,
}

impl Ground<'_> {
    /// Spending whose hold is gone becomes a hold again first, so that charging it twice is as impossible as for any other; one
    /// that is about to go is renewed, so that it cannot be taken away between the ledger and the charge.
    #[must_use]
    pub fn hold_belated(&self, key: HoldKey, hold: Hold, now: Timestamp) -> Belated {
        if let Some((counter, there)) = self.counter.and_then(|counter| Some((counter, counter.holds.get(&key)?))) {
            return if there.may_lapse_meanwhile(now) {
                renewed(counter, key, *there, now)
            } else {
                Belated::Held(*there)
            };
        }
        let (now, caps) = self.caps(now);
        if self.is_behind(&caps) {
            return Belated::Behind;
        }
        let empty = Counter::default();
        let mut after = self.counter.unwrap_or(&empty).brought_to(&caps, now);
        if !after.entries.iter().any(|(_, entry)| entry.window.contains(hold.reserved_at)) {
            return Belated::Nothing;
        }
        after.hold(key, hold);
        Belated::Put(CounterWrite::between(self.counter, after, false), hold)
    }

    /// Brings the counter to the limits that were read: what a lowered limit does before it is acknowledged.
    /// None where that changes nothing.
    #[must_use]
    pub fn bring_up(&self, now: Timestamp) -> Option<CounterWrite> {
        let counter = self.counter?;
        let (now, caps) = self.caps(now);
        let after = counter.brought_to(&caps, now);
        (!self.is_behind(&caps) && after != *counter).then(|| CounterWrite::between(Some(counter), after, false))
    }
}

fn renewed(counter: &Counter, key: HoldKey, there: Hold, now: Timestamp) -> Belated {
    let hold = Hold { lapses_at: now.plus(HOLD), ..there };
    let mut after = counter.clone();
    after.holds.insert(key, hold);
    Belated::Put(CounterWrite::between(Some(counter), after, false), hold)
}
