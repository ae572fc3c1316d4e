//! One conditional update of a counter, as data: what has to be there, and what becomes of it.
//!
//! [`CounterWrite::apply`] says what the update means. The store writes the same as an expression of the database.

use std::collections::BTreeMap;

use super::{Branch, ByPeriod, Counter, Entry, Flow, Flows, Hold, HoldKey, Period, Phase, Tokens, Versions, Window};

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
    /// The phase that was seen, which has to be there still.
    pub seen_phase: Phase,
    /// The one after it.
    pub phase: Phase,
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
        /// What becomes of what went between parts.
        flows: FlowsChange,
    },
    /// Begins a window.
    Begin {
        /// The window that was seen and has to be there still; none = no such period.
        seen: Option<Window>,
        /// What is there from then on.
        entry: Entry,
    },
}

/// What a write makes of an entry's flows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowsChange {
    /// Those that change: what each has to be, and what it becomes.
    pub parts: Vec<(Branch, Flow, Flow)>,
    /// All of them after it, where nothing has gone to anybody before; then that has to be so still.
    pub first: Option<Flows>,
}

impl FlowsChange {
    fn between(seen: &Flows, after: &Flows) -> Self {
        let both = Branch::all().map(|branch| (branch, seen.of(branch), after.of(branch)));
        let parts: Vec<_> = both.filter(|(_, seen, after)| seen != after).collect();
        let is_first = !parts.is_empty() && seen.is_empty();
        Self { parts, first: is_first.then(|| after.clone()) }
    }

    fn allows(&self, stored: &Flows) -> bool {
        self.parts.iter().all(|(branch, seen, _)| stored.of(*branch) == *seen)
            && (self.first.is_none() || stored.is_empty())
    }

    fn apply_to(&self, stored: &mut Flows) {
        self.parts.iter().for_each(|(branch, _, after)| stored.set(*branch, *after));
    }
}

/// What has to be left when a change is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing: it is charged whatever is left.
    None,
    /// What it takes, in each period that is limited.
    Caps,
    /// What goes to another part; and what is charged beyond what was held, in each period that is limited.
    Moved,
}

/// The condition did not hold: the counter is another one than was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl CounterWrite {
    /// The write that leads from what was seen to that.
    #[must_use]
    pub fn between(seen: Option<&Counter>, after: Counter, guard: Guard) -> Self {
        let Some(seen) = seen else { return Self::Create(Box::new(after)) };
        let steps = ByPeriod::from_fn(|period| step(seen.entries.get(period), after.entries.get(period), guard));
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
            seen_phase: seen.phase,
            phase: after.phase,
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
                Some(Step::Move { window, at_least, flows, .. }) => entry.is_some_and(|entry| {
                    entry.window == *window
                        && at_least.is_none_or(|at_least| entry.left >= at_least)
                        && flows.allows(&entry.flows)
                }),
                Some(Step::Begin { seen, .. }) => entry.map(|entry| entry.window) == *seen,
            }
        });
        let goes = |key: &HoldKey| self.dropped.iter().any(|(gone, _)| gone == key);
        steps
            && stored.versions == self.seen
            && stored.phase == self.seen_phase
            && self.dropped.iter().all(|(key, hold)| stored.holds.get(key) == Some(hold))
            && self.taken.is_none_or(|(key, _)| goes(&key) || !stored.holds.contains_key(&key))
            && self.exactly.as_ref().is_none_or(|holds| *holds == stored.holds)
    }

    fn made(&self, stored: &Counter) -> Counter {
        let mut after = Counter { versions: self.versions, phase: self.phase, ..stored.clone() };
        for period in Period::ALL {
            let entry = after.entries.slot(period);
            match self.steps.get(period) {
                None => {}
                Some(Step::Move { by, cap, flows, .. }) => {
                    if let Some(entry) = entry {
                        flows.apply_to(&mut entry.flows);
                        entry.left += by;
                        entry.cap = *cap;
                    }
                }
                Some(Step::Begin { entry: begun, .. }) => *entry = Some(begun.clone()),
            }
        }
        for (key, _) in &self.dropped {
            after.holds.remove(key);
        }
        after.holds.extend(self.taken);
        after
    }
}

fn step(seen: Option<&Entry>, after: Option<&Entry>, guard: Guard) -> Option<Step> {
    match (seen, after) {
        // A period that is counted is counted for ever.
        (_, None) => None,
        (Some(seen), Some(after)) if seen.window == after.window => {
            let by = after.left - seen.left;
            let is_guarded = match guard {
                Guard::None => false,
                // Also where a lapsed hold makes room for exactly this one, there has to be room when it is written.
                Guard::Caps => after.cap.is_some(),
                Guard::Moved => by < 0 && (after.cap.is_some() || after.flows.net() > seen.flows.net()),
            };
            let at_least = is_guarded.then_some(-by);
            let flows = FlowsChange::between(&seen.flows, &after.flows);
            let changes = by != 0 || after.cap != seen.cap || at_least.is_some() || seen.flows != after.flows;
            changes.then_some(Step::Move { window: after.window, by, cap: after.cap, at_least, flows })
        }
        (seen, Some(entry)) => Some(Step::Begin { seen: seen.map(|seen| seen.window), entry: entry.clone() }),
    }
}

#[cfg(test)]
#[path = "counter_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "counter_books_tests.rs"]
mod books_tests;

#[cfg(test)]
#[path = "ending_tests.rs"]
mod ending_tests;
