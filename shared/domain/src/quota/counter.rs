//! The counter of one scope: for each period what is left of its window, and what reservations hold.
//!
//! `left` is stored and `used` is not, because a condition of the database cannot add. In each window
//! `used + held + left + given − received = cap`, where a period that is not limited any more counts on as if its cap were
//! nothing, and a branch has nothing but what it received (see [`super::Branch`]).

use std::collections::BTreeMap;

use super::{Branch, ByPeriod, Caps, Flow, Flows, Hold, HoldKey, Period, Phase, Tokens, Versions, Window};
use crate::Timestamp;

/// So many lapsed holds leave a counter in one write: an update's expression has an end.
pub const LAPSED_AT_ONCE: usize = 32;

/// One period of a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which window it counts.
    pub window: Window,
    /// What may be used and held in it; none = the limit was taken away.
    pub cap: Option<Tokens>,
    /// What of the cap is neither used, held nor given away; below zero where more was used than held, or the limit was lowered.
    pub left: i64,
    /// What went between this part of the counter and others.
    pub flows: Flows,
    /// When its counting began, where that was in the middle of the window: what was used before stands in the ledger alone,
    /// until the two are compared. Branches have none.
    pub since: Option<Timestamp>,
}

impl Entry {
    /// A window in which nothing went to others yet.
    #[must_use]
    pub fn new(window: Window, cap: Option<Tokens>, left: i64) -> Self {
        Self { window, cap, left, flows: Flows::default(), since: None }
    }

    fn cap(&self) -> i64 {
        self.cap.map_or(0, Tokens::signed)
    }
}

/// What was used and is held of one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Of which window.
    pub window: Window,
    /// Used, as far as settlements said.
    pub used: Tokens,
    /// Held by reservations.
    pub held: Tokens,
    /// What is left; nothing where it is below zero.
    pub remaining: Tokens,
}

/// A counter. One that was never written is the same as an empty one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    /// Its periods.
    pub entries: ByPeriod<Entry>,
    /// Of what its caps were computed.
    pub versions: Versions,
    /// Holds, by reservation.
    pub holds: BTreeMap<HoldKey, Hold>,
    /// Which parts hold.
    pub phase: Phase,
}

impl Counter {
    /// That instant; or, where another clock has begun a later window here, its start. Windows never go back.
    #[must_use]
    pub fn instant(&self, now: Timestamp) -> Timestamp {
        self.entries.iter().map(|(_, entry)| entry.window.start()).fold(now, Timestamp::max)
    }

    /// The counter as it is at that instant under these caps, which were computed for [`Counter::instant`]: lapsed holds
    /// have given back, windows that are over begin anew, and what the caps have changed by was added to what is left.
    #[must_use]
    pub fn brought_to(&self, caps: &Caps, now: Timestamp) -> Self {
        let mut after = self.clone();
        for key in self.lapsed(now).into_iter().take(LAPSED_AT_ONCE) {
            after.give_back(key);
        }
        for period in Period::ALL {
            let cap = caps.by_period.get(period).map(|cap| (cap.window, cap.effective()));
            let entry = after.entries.get(period);
            *after.entries.slot(period) = after.entry_under(entry, cap, Window::of(period, now));
        }
        after.versions = caps.versions;
        after
    }

    fn entry_under(&self, entry: Option<&Entry>, cap: Option<(Window, Tokens)>, present: Window) -> Option<Entry> {
        match (entry.filter(|entry| entry.window == present), cap) {
            (Some(entry), cap) => {
                let cap = cap.map(|(_, cap)| cap);
                let left = entry.left - entry.cap() + cap.map_or(0, Tokens::signed);
                Some(Entry { cap, left, ..entry.clone() })
            }
            (None, Some((window, cap))) => Some(self.begun(window, Some(cap))),
            // What was limited once counts on, so that no window that is over can begin again.
            (None, None) => entry.map(|_| self.begun(present, None)),
        }
    }

    fn begun(&self, window: Window, cap: Option<Tokens>) -> Entry {
        Entry::new(window, cap, cap.map_or(0, Tokens::signed) - self.held_in(window).signed())
    }

    /// Remembers of periods that were not counted before that they are from now on.
    pub(super) fn count_from(&mut self, before: &Self, now: Timestamp) {
        for period in Period::ALL {
            let new = self.entries.slot(period).as_mut().filter(|_| before.entries.get(period).is_none());
            if let Some(entry) = new.filter(|entry| entry.window.start() < now) {
                entry.since = Some(now);
            }
        }
    }

    /// When the counting of any window of that instant began in its middle, the latest of them.
    #[must_use]
    pub fn counts_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.entries.iter().filter(|(_, entry)| entry.window.contains(now)).filter_map(|(_, entry)| entry.since).max()
    }

    /// Lapsed holds, those that lapsed first in front.
    #[must_use]
    pub fn lapsed(&self, now: Timestamp) -> Vec<HoldKey> {
        let lapsed = self.holds.iter().filter(|(_, hold)| hold.has_lapsed(now));
        let mut lapsed: Vec<_> = lapsed.map(|(key, hold)| (hold.lapses_at, *key)).collect();
        lapsed.sort_unstable();
        lapsed.into_iter().map(|(_, key)| key).collect()
    }

    /// Puts a hold there and takes its tokens from the windows of its instant.
    pub fn hold(&mut self, key: HoldKey, hold: Hold) {
        self.move_left(hold.reserved_at, -hold.amount.signed());
        self.holds.insert(key, hold);
    }

    /// Ends a hold as if it had never been.
    pub fn give_back(&mut self, key: HoldKey) {
        self.charge(key, Tokens::ZERO);
    }

    /// Ends a hold; so many of its tokens were used, or more than it had.
    pub fn charge(&mut self, key: HoldKey, used: Tokens) {
        if let Some(hold) = self.holds.remove(&key) {
            self.move_left(hold.reserved_at, hold.amount.signed() - used.signed());
        }
    }

    /// What belongs to a window that is over changes nothing any more.
    fn move_left(&mut self, at: Timestamp, by: i64) {
        for period in Period::ALL {
            if let Some(entry) = self.entries.slot(period).as_mut().filter(|entry| entry.window.contains(at)) {
                entry.left += by;
            }
        }
    }

    /// Receives what the other end has given and has not arrived: of the windows that both count.
    pub(super) fn receive(&mut self, from: &Self, branch: Branch) {
        for (period, other) in from.entries.iter() {
            let entry = self.entries.slot(period).as_mut().filter(|entry| entry.window == other.window);
            let Some(entry) = entry else { continue };
            let flow = entry.flows.of(branch);
            let due = other.flows.of(branch).given - flow.received;
            if due > 0 {
                entry.flows.set(branch, Flow { received: flow.received + due, ..flow });
                entry.left += due;
            }
        }
    }

    /// Gives so much of a period to the other end.
    pub(super) fn give(&mut self, period: Period, branch: Branch, much: i64) {
        if let Some(entry) = self.entries.slot(period).as_mut().filter(|_| much > 0) {
            let flow = entry.flows.of(branch);
            entry.flows.set(branch, Flow { given: flow.given + much, ..flow });
            entry.left -= much;
        }
    }

    /// Gives back everything that is left, as a branch does that holds no more.
    pub(super) fn give_free(&mut self, branch: Branch) {
        for period in Period::ALL {
            let free = self.entries.get(period).map_or(0, |entry| entry.left);
            self.give(period, branch, free);
        }
    }

    /// Begins the windows of that instant in periods that are not limited: branches go on in these without being given anything.
    pub(super) fn roll_unlimited(&mut self, now: Timestamp) {
        for period in Period::ALL {
            let window = Window::of(period, now);
            if self.entries.get(period).is_some_and(|entry| entry.cap.is_none() && entry.window < window) {
                *self.entries.slot(period) = Some(self.begun(window, None));
            }
        }
    }

    /// Gives a branch what it has used beyond what it received: of the windows that both count.
    pub(super) fn pay(&mut self, owing: &Self, branch: Branch) {
        for (period, other) in owing.entries.iter() {
            if self.entries.get(period).is_some_and(|entry| entry.window == other.window) {
                self.give(period, branch, -other.left);
            }
        }
    }

    /// Adds what another part has free of the same windows.
    pub(super) fn add_free(&mut self, other: &Self) {
        for (period, free) in other.entries.iter() {
            if let Some(entry) = self.entries.slot(period).as_mut().filter(|entry| entry.window == free.window) {
                entry.left = entry.left.saturating_add(free.left.max(0));
            }
        }
    }

    /// Of the periods those that are limited.
    pub(super) fn limited(&self) -> Self {
        let limited = |period| self.entries.get(period).filter(|entry| entry.cap.is_some()).cloned();
        Self { entries: ByPeriod::from_fn(limited), ..self.clone() }
    }

    /// Knows which periods the root has limits for; of the limits themselves a branch has nothing.
    pub(super) fn limit_as(&mut self, root: &Self) {
        for (period, limiting) in root.entries.iter() {
            if let Some(entry) = self.entries.slot(period) {
                entry.cap = limiting.cap.map(|_| Tokens::ZERO);
            }
        }
    }

    /// Counts every period that the root counts.
    pub(super) fn count_what(&mut self, root: &Self, now: Timestamp) {
        for (period, _) in root.entries.iter() {
            if self.entries.get(period).is_none() {
                *self.entries.slot(period) = Some(self.begun(Window::of(period, now), None));
            }
        }
    }

    /// Gives a branch what it holds of windows in periods that were not counted before: of its holds those count too.
    pub(super) fn pay_for_new(&mut self, before: &Self, holding: &Self, branch: Branch) {
        for period in Period::ALL {
            let new = self.entries.get(period).filter(|_| before.entries.get(period).is_none());
            let held = new.map_or(0, |entry| holding.held_in(entry.window).signed());
            self.give(period, branch, held);
        }
    }

    /// Looks at what went to others as if it were still here.
    pub(super) fn merge_flows(&mut self) {
        for period in Period::ALL {
            if let Some(entry) = self.entries.slot(period) {
                let (left, flows) = (entry.left + entry.flows.net(), Flows::default());
                *entry = Entry { left, flows, ..entry.clone() };
            }
        }
    }

    /// Adds what another part of the same counter comes to.
    pub(super) fn add(&mut self, other: &Self) {
        for period in Period::ALL {
            if let Some(entry) = self.entries.slot(period) {
                let same = other.entries.get(period).filter(|other| other.window == entry.window);
                entry.left += same.map_or_else(|| -other.held_in(entry.window).signed(), |other| other.left);
            }
        }
        self.holds.extend(other.holds.iter().map(|(key, hold)| (*key, *hold)));
    }

    /// What reservations hold in that window, lapsed or not.
    #[must_use]
    pub fn held_in(&self, window: Window) -> Tokens {
        let held = self.holds.values().filter(|hold| window.contains(hold.reserved_at));
        held.fold(Tokens::ZERO, |sum, hold| sum.plus(hold.amount))
    }

    /// What was used and is held of a period's window.
    #[must_use]
    pub fn standing(&self, period: Period) -> Option<Standing> {
        let entry = self.entries.get(period)?;
        let held = self.held_in(entry.window);
        Some(Standing {
            window: entry.window,
            used: Tokens::at_least_zero(entry.cap() - entry.left - entry.flows.net() - held.signed()),
            held,
            remaining: Tokens::at_least_zero(entry.left),
        })
    }
}
