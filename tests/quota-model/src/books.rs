//! What a bookkeeper writes down beside the counters, in plain integers: who holds what since when, and what was used.
//!
//! The books know nothing of `left`. They are told of a hold that came or went, and why; what it means they add up themselves.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::id::ReservationId;
use domain::quota::{Counter, Hold, HoldKey, QuotaScope, Settled, Window};

use crate::memory::Purpose;

/// The books of all scopes.
#[derive(Default)]
pub(crate) struct Books {
    holds: BTreeMap<(QuotaScope, HoldKey), Hold>,
    /// By window. A limit counts from the write that began its window on.
    uses: BTreeMap<(QuotaScope, Window), i128>,
    /// Windows in which more may be used than there was: a call used more than it held, or a limit was lowered.
    excused: BTreeMap<(QuotaScope, Window), &'static str>,
}

impl Books {
    /// One write of a counter took place.
    pub(crate) fn enter(
        &mut self,
        scope: QuotaScope,
        before: Option<&Counter>,
        after: &Counter,
        purpose: Purpose,
        ledger: &BTreeMap<ReservationId, Settled>,
    ) {
        let empty = Counter::default();
        let before = before.unwrap_or(&empty);
        for (key, hold) in before.holds.iter().filter(|(key, hold)| after.holds.get(*key) != Some(hold)) {
            let held = self.holds.remove(&(scope, *key));
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
            assert!(self.holds.insert((scope, *key), *hold).is_none(), "a hold came twice");
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
        for (_, entry) in after.entries.iter() {
            let seen = before.entries.get(entry.window.period()).filter(|seen| seen.window == entry.window);
            if seen.is_none_or(|seen| seen.cap.is_none_or(|cap| entry.cap.is_none_or(|now| now < cap)))
                && entry.left < 0
            {
                self.excused.insert((scope, entry.window), "the limit was lowered, or came later");
            }
        }
    }

    fn excuse(&mut self, scope: QuotaScope, counter: &Counter, at: Timestamp, why: &'static str) {
        for (_, entry) in counter.entries.iter().filter(|(_, entry)| entry.window.contains(at)) {
            self.excused.insert((scope, entry.window), why);
        }
    }

    /// What the books say against a counter.
    ///
    /// # Panics
    /// Where they differ, or where more was given away than there was.
    pub(crate) fn audit(&self, scope: QuotaScope, counter: &Counter) {
        for (period, entry) in counter.entries.iter() {
            let taken = self.taken(scope, entry.window);
            let cap = entry.cap.map_or(0, |cap| i128::from(cap.get()));
            assert_eq!(i128::from(entry.left), cap - taken, "{scope} {period:?} {entry:?}");
            let is_excused = entry.cap.is_none() || self.excused.contains_key(&(scope, entry.window));
            assert!(taken <= cap || is_excused, "{scope} {:?}: {taken} of {cap} is used or held", entry.window);
        }
    }

    fn taken(&self, scope: QuotaScope, window: Window) -> i128 {
        let of_scope = self.holds.iter().filter(|((of, _), hold)| *of == scope && window.contains(hold.reserved_at));
        let held: i128 = of_scope.map(|(_, hold)| i128::from(hold.amount.get())).sum();
        held + self.uses.get(&(scope, window)).copied().unwrap_or_default()
    }
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
