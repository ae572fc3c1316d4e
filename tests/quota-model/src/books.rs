//! What a bookkeeper writes down beside the counters, in plain integers: who holds what since when, and what was used.
//!
//! The books know nothing of `left`. They are told of a hold that came or went, and why; what it means they add up themselves.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::id::ReservationId;
use domain::quota::{Counter, Flow, Hold, HoldKey, Part, Place, QuotaScope, Settled, Window};

use crate::memory::Purpose;

/// The books of all scopes.
#[derive(Default)]
pub(crate) struct Books {
    holds: BTreeMap<(Place, HoldKey), Hold>,
    /// By window. A limit counts from the write that began its window on.
    uses: BTreeMap<(QuotaScope, Window), i128>,
    /// Windows in which more may be used than there was: a call used more than it held, or a limit was lowered.
    excused: BTreeMap<(QuotaScope, Window), &'static str>,
}

impl Books {
    /// One write of a part of a counter took place.
    pub(crate) fn enter(
        &mut self,
        place: Place,
        before: Option<&Counter>,
        after: &Counter,
        purpose: Purpose,
        ledger: &BTreeMap<ReservationId, Settled>,
    ) {
        let empty = Counter::default();
        let (before, scope) = (before.unwrap_or(&empty), place.scope);
        for (key, hold) in before.holds.iter().filter(|(key, hold)| after.holds.get(*key) != Some(hold)) {
            let held = self.holds.remove(&(place, *key));
            assert_eq!(held, Some(*hold), "a hold went that the books do not know");
            // One that is renewed is held as before.
            let used = used(*key, hold, purpose, ledger).filter(|_| !after.holds.contains_key(key));
            if let Some(used) = used {
                for (_, entry) in after.entries.iter().filter(|(_, entry)| entry.window.contains(hold.reserved_at)) {
                    *self.uses.entry((scope, entry.window)).or_default() += i128::from(used);
                }
                if used > hold.amount.get() {
                    self.excuse(scope, after, hold.reserved_at, "a call used more than it held");
                }
            }
        }
        for (key, hold) in after.holds.iter().filter(|(key, hold)| before.holds.get(*key) != Some(hold)) {
            assert!(self.holds.insert((place, *key), *hold).is_none(), "a hold came twice");
            let renews = before.holds.get(key).is_some_and(|old| old.amount == hold.amount);
            match purpose {
                Purpose::Settle(_) if renews => {}
                Purpose::Settle(_) => self.excuse(scope, after, hold.reserved_at, "what a belated call used, it used"),
                // What an earlier try holds is only taken over.
                Purpose::Reserve(_) if before.holds.contains_key(key) => {}
                Purpose::Reserve(_) => assert!(had_room(after), "taken without room: {after:?}"),
                Purpose::Release(_) | Purpose::Push => panic!("a hold came without a call"),
            }
        }
    }

    /// What was lowered, or limited later, may be less than what is used.
    pub(crate) fn excuse_lowered(&mut self, place: Place, before: Option<&Counter>, all: &BTreeMap<Place, Counter>) {
        let after = &all[&place];
        for (period, entry) in after.entries.iter().filter(|_| place.part == Part::Root) {
            let seen = before.and_then(|before| before.entries.get(period)).filter(|seen| seen.window == entry.window);
            let is_lower = seen.is_none_or(|seen| seen.cap.is_none_or(|cap| entry.cap.is_none_or(|now| now < cap)));
            if is_lower && sum(place.scope, entry.window, all) < 0 {
                self.excused.insert((place.scope, entry.window), "the limit was lowered, or came later");
            }
        }
    }

    fn excuse(&mut self, scope: QuotaScope, counter: &Counter, at: Timestamp, why: &'static str) {
        for (_, entry) in counter.entries.iter().filter(|(_, entry)| entry.window.contains(at)) {
            self.excused.insert((scope, entry.window), why);
        }
    }

    /// What the books say against a counter with its branches.
    ///
    /// # Panics
    /// Where they differ, or where more was given away than there was.
    pub(crate) fn audit(&self, scope: QuotaScope, all: &BTreeMap<Place, Counter>) {
        for (period, entry) in all[&scope.into()].entries.iter() {
            let taken = self.taken(scope, entry.window);
            let cap = entry.cap.map_or(0, |cap| i128::from(cap.get()));
            // Where a branch has begun a later window, nobody adds up the one that is over any more.
            let is_over =
                |counter: &Counter| counter.entries.get(period).is_some_and(|there| there.window > entry.window);
            if !parts(scope, all).any(|(_, counter)| is_over(counter)) {
                assert_eq!(sum(scope, entry.window, all), cap - taken, "{scope} {period:?} {entry:?}");
                // What is owed somewhere is not free elsewhere.
                let of_part = |(_, counter): (Part, &Counter)| {
                    let there = counter.entries.get(period).filter(|there| there.window == entry.window);
                    there.map_or(0, |there| i128::from(there.left.max(0)))
                };
                let free: i128 = parts(scope, all).map(of_part).sum();
                assert!(
                    entry.cap.is_none() || free <= (cap - taken).max(0),
                    "{scope} {period:?}: {free} of {cap} - {taken}"
                );
            }
            let is_excused = entry.cap.is_none() || self.excused.contains_key(&(scope, entry.window));
            assert!(taken <= cap || is_excused, "{scope} {:?}: {taken} of {cap} is used or held", entry.window);
        }
        self.audit_flows(scope, all);
    }

    /// Nothing arrives that was not given.
    fn audit_flows(&self, scope: QuotaScope, all: &BTreeMap<Place, Counter>) {
        for (branch, counter) in parts(scope, all).filter_map(|(part, counter)| match part {
            Part::Root => None,
            Part::Branch(branch) => Some((branch, counter)),
        }) {
            for (period, there) in counter.entries.iter() {
                let root = all[&scope.into()].entries.get(period).filter(|root| root.window == there.window);
                let (Flow { given, received }, far) =
                    (root.map(|root| root.flows.of(branch)).unwrap_or_default(), there.flows.of(branch));
                let is_of_window = root.is_some();
                assert!(
                    !is_of_window || (far.received <= given && received <= far.given),
                    "{scope} {branch:?} {period:?}"
                );
            }
        }
    }

    fn taken(&self, scope: QuotaScope, window: Window) -> i128 {
        let of_scope =
            self.holds.iter().filter(|((of, _), hold)| of.scope == scope && window.contains(hold.reserved_at));
        let held: i128 = of_scope.map(|(_, hold)| i128::from(hold.amount.get())).sum();
        held + self.uses.get(&(scope, window)).copied().unwrap_or_default()
    }
}

fn parts(scope: QuotaScope, all: &BTreeMap<Place, Counter>) -> impl Iterator<Item = (Part, &Counter)> {
    all.iter().filter(move |(place, _)| place.scope == scope).map(|(place, counter)| (place.part, counter))
}

/// What all parts have left of a window, and what is on its way between them.
fn sum(scope: QuotaScope, window: Window, all: &BTreeMap<Place, Counter>) -> i128 {
    let of_part = |(_, counter): (Part, &Counter)| {
        let entry = counter.entries.iter().map(|(_, entry)| entry).find(|entry| entry.window == window);
        // A branch that has not begun the window has nothing of it but what it holds.
        entry.map_or_else(
            || -i128::from(counter.held_in(window).get()),
            |entry| {
                let went: i128 =
                    entry.flows.iter().map(|(_, flow)| i128::from(flow.given) - i128::from(flow.received)).sum();
                i128::from(entry.left) + went
            },
        )
    };
    parts(scope, all).map(of_part).sum()
}

fn had_room(counter: &Counter) -> bool {
    counter.entries.iter().all(|(_, entry)| entry.cap.is_none() || entry.left >= 0)
}

/// What was used, if the hold went because its call was settled.
fn used(key: HoldKey, hold: &Hold, purpose: Purpose, ledger: &BTreeMap<ReservationId, Settled>) -> Option<u64> {
    let (Purpose::Settle(id) | Purpose::Release(id)) = purpose else { return None };
    let settled = ledger.get(&id).filter(|_| HoldKey::of(id) == key)?;
    settled.attempts.contains(&hold.attempt).then(|| settled.tokens().get())
}
