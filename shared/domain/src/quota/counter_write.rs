//! One conditional update of a counter, as data: what has to be there, and what becomes of it.
//!
//! [`CounterWrite::apply`] says what the update means. The store writes the same as an expression of the database.

use std::collections::BTreeMap;

use super::{ByPeriod, Counter, Entry, Hold, HoldKey, Period, Tokens, Versions, Window};

/// A write of a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CounterWrite {
    /// The first one, if nobody else's was first.
    Create(Box<Counter>),
    /// A change of what was seen.
    Change(Box<CounterChange>),
}

/// The parts of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterChange {
    /// The versions that were seen, which have to be there still.
    pub seen: Versions,
    /// Those after it.
    pub versions: Versions,
    /// What becomes of each period.
    pub steps: ByPeriod<Step>,
    /// Holds that have to be there as they were seen, and go.
    pub dropped: Vec<(HoldKey, Hold)>,
    /// The hold that is put. It must not be there, unless it is one that goes.
    pub taken: Option<(HoldKey, Hold)>,
    /// All holds that were seen, where the change is right for exactly these.
    pub exactly: Option<BTreeMap<HoldKey, Hold>>,
}

/// What becomes of one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Adds to what is left, whatever that is by then.
    Move {
        /// The window, which has to be that one still.
        window: Window,
        /// What is added.
        by: i64,
        /// The cap after it.
        cap: Option<Tokens>,
        /// What has to be left before it.
        at_least: Option<i64>,
    },
    /// Begins a window.
    Begin {
        /// The window that was seen and has to be there still; none = no such period.
        seen: Option<Window>,
        /// What is there from then on.
        entry: Entry,
    },
}

/// The condition did not hold: the counter is another one than was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl CounterWrite {
    /// The write that leads from what was seen to that. With `within_caps`, what it takes has to be left when it is written.
    #[must_use]
    pub fn between(seen: Option<&Counter>, after: Counter, within_caps: bool) -> Self {
        let Some(seen) = seen else { return Self::Create(Box::new(after)) };
        let steps = ByPeriod::from_fn(|period| {
            step(seen.entries.get(period).copied(), after.entries.get(period).copied(), within_caps)
        });
        // What a window begins with counts the holds that are in it already, where a slower clock has kept an earlier one.
        let begins = |period: &Period| match (seen.entries.get(*period), after.entries.get(*period)) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(before), Some(entry)) => {
                let is_in = |hold: &Hold| entry.window.contains(hold.reserved_at);
                before.window != entry.window && seen.holds.values().any(is_in)
            }
        };
        let differs = |(key, hold): &(&HoldKey, &Hold)| after.holds.get(key) != Some(hold);
        let is_new = |(key, hold): &(&HoldKey, &Hold)| seen.holds.get(key) != Some(hold);
        Self::Change(Box::new(CounterChange {
            seen: seen.versions,
            versions: after.versions,
            steps,
            dropped: seen.holds.iter().filter(differs).map(|(key, hold)| (*key, *hold)).collect(),
            taken: after.holds.iter().find(is_new).map(|(key, hold)| (*key, *hold)),
            exactly: Period::ALL.iter().any(begins).then(|| seen.holds.clone()),
        }))
    }

    /// What the write makes of what is there.
    ///
    /// # Errors
    /// What is there is not what the write is for.
    pub fn apply(&self, stored: Option<&Counter>) -> Result<Counter, Refused> {
        match (self, stored) {
            (Self::Create(counter), None) => Ok(Counter::clone(counter)),
            (Self::Change(change), Some(stored)) if change.allows(stored) => Ok(change.made(stored)),
            (Self::Create(_), Some(_)) | (Self::Change(_), _) => Err(Refused),
        }
    }
}

impl CounterChange {
    fn allows(&self, stored: &Counter) -> bool {
        let steps = Period::ALL.into_iter().all(|period| {
            let entry = stored.entries.get(period);
            match self.steps.get(period) {
                None => true,
                Some(Step::Move { window, at_least, .. }) => entry.is_some_and(|entry| {
                    entry.window == *window && at_least.is_none_or(|at_least| entry.left >= at_least)
                }),
                Some(Step::Begin { seen, .. }) => entry.map(|entry| entry.window) == *seen,
            }
        });
        let goes = |key: &HoldKey| self.dropped.iter().any(|(gone, _)| gone == key);
        steps
            && stored.versions == self.seen
            && self.dropped.iter().all(|(key, hold)| stored.holds.get(key) == Some(hold))
            && self.taken.is_none_or(|(key, _)| goes(&key) || !stored.holds.contains_key(&key))
            && self.exactly.as_ref().is_none_or(|holds| *holds == stored.holds)
    }

    fn made(&self, stored: &Counter) -> Counter {
        let mut after = Counter { versions: self.versions, ..stored.clone() };
        for period in Period::ALL {
            let entry = after.entries.slot(period);
            match self.steps.get(period) {
                None => {}
                Some(Step::Move { by, cap, .. }) => {
                    *entry = entry.map(|entry| Entry { left: entry.left + by, cap: *cap, ..entry });
                }
                Some(Step::Begin { entry: begun, .. }) => *entry = Some(*begun),
            }
        }
        for (key, _) in &self.dropped {
            after.holds.remove(key);
        }
        after.holds.extend(self.taken);
        after
    }
}

fn step(seen: Option<Entry>, after: Option<Entry>, within_caps: bool) -> Option<Step> {
    match (seen, after) {
        // A period that is counted is counted for ever.
        (_, None) => None,
        (Some(seen), Some(after)) if seen.window == after.window => {
            let by = after.left - seen.left;
            let at_least = (within_caps && after.cap.is_some()).then_some(-by);
            // Also where a lapsed hold makes room for exactly this one, there has to be room when it is written.
            let changes = by != 0 || after.cap != seen.cap || at_least.is_some();
            changes.then_some(Step::Move { window: after.window, by, cap: after.cap, at_least })
        }
        (seen, Some(entry)) => Some(Step::Begin { seen: seen.map(|seen| seen.window), entry }),
    }
}

#[cfg(test)]
#[path = "counter_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "counter_books_tests.rs"]
mod books_tests;
