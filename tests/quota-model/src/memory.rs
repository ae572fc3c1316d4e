//! The database of one organization's quotas, in memory: what the product asks of a table, done at once and in one place.
//!
//! Before and after each effect the caller waits for its turn; so an effect of one falls anywhere between those of others, and
//! who is killed is killed at any of these places.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use domain::id::ReservationId;
use domain::quota::{
    Branch, Branching, ByPeriod, Call, Counter, CounterWrite, Defaults, HoldKey, Limits, Part, Place, QuotaScope,
    ScopeKind, Settled, Tokens,
};
use domain::{Code, Error, Result, Timestamp};
use store::quota::{CallState, Open, ScopeState};

use crate::Random;
use crate::books::Books;
use crate::figures::Branchings;
use crate::turn::turn;

/// Clocks differ by less than that.
const SKEW: std::time::Duration = std::time::Duration::from_secs(10);

/// Counters open and join often, with the few callers and tokens that there are here.
const BRANCHING: Branching = Branching { open_at: 3, share: 12, calls: 1 };

/// Who is cut off is so for so many calls.
const CUT_OFF: usize = 4;

/// What happens to one call of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// Nothing is done; the caller is told to try again.
    Throttle,
    /// Nothing is done; somebody else is said to change the item.
    Conflict,
    /// It is done, and the answer is lost.
    AnswerLost,
}

/// Why a caller writes: the books are kept by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To reserve, or to undo that.
    Reserve(ReservationId),
    /// To settle.
    Settle(ReservationId),
    /// To release.
    Release(ReservationId),
    /// To bring counters to new limits, or to keep them in order.
    Push,
}

/// Everything that is stored, and the books beside it.
pub(crate) struct Stored {
    pub(crate) now: Timestamp,
    pub(crate) platform: Defaults,
    pub(crate) organization: Defaults,
    pub(crate) limits: BTreeMap<QuotaScope, Limits>,
    pub(crate) counters: BTreeMap<Place, Counter>,
    pub(crate) open: BTreeMap<ReservationId, Open>,
    pub(crate) ledger: BTreeMap<ReservationId, Settled>,
    pub(crate) books: Books,
    pub(crate) random: Random,
    pub(crate) one_in: usize,
    pub(crate) disturbed: u64,
    pub(crate) refused_writes: u64,
    pub(crate) branching: Branchings,
    /// Counters that were written since they were looked at.
    pub(crate) written: Vec<QuotaScope>,
}

/// The database as one caller sees it.
#[derive(Clone)]
pub struct Memory {
    stored: Arc<Mutex<Stored>>,
    purpose: Purpose,
    /// So many of this caller's next calls are disturbed: more than are tried again.
    cut_off: Arc<AtomicUsize>,
}

impl Memory {
    /// An empty database at that time; one call in so many is disturbed, none for 0.
    #[must_use]
    pub fn new(now: Timestamp, seed: u64, one_in: usize) -> Self {
        let stored = Stored {
            now,
            platform: Defaults::default(),
            organization: Defaults::default(),
            limits: BTreeMap::new(),
            counters: BTreeMap::new(),
            open: BTreeMap::new(),
            ledger: BTreeMap::new(),
            books: Books::default(),
            random: Random::new(seed),
            one_in,
            disturbed: 0,
            refused_writes: 0,
            branching: Branchings::default(),
            written: vec![],
        };
        Self { stored: Arc::new(Mutex::new(stored)), purpose: Purpose::Push, cut_off: Arc::default() }
    }

    /// The same database for another purpose.
    #[must_use]
    pub fn to(&self, purpose: Purpose) -> Self {
        Self { stored: Arc::clone(&self.stored), purpose, cut_off: Arc::default() }
    }

    pub(crate) fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap()
    }

    /// Sets limits of one scope, as an admin does.
    pub fn set(&self, scope: QuotaScope, change: impl FnOnce(&mut Limits)) {
        let mut stored = self.stored();
        let limits = stored.limits.entry(scope).or_default();
        change(limits);
        limits.version += 1;
    }

    /// Sets the platform's or the organization's defaults for a kind.
    pub fn set_default(&self, of_platform: bool, kind: ScopeKind, limits: ByPeriod<Tokens>) {
        let mut stored = self.stored();
        let defaults = if of_platform { &mut stored.platform } else { &mut stored.organization };
        *defaults.limits.slot(kind) = limits;
        defaults.version += 1;
    }

    /// The instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.stored().now
    }

    /// Holds every counter that was written to its books.
    pub(crate) fn audit(&self) {
        let mut stored = self.stored();
        for scope in std::mem::take(&mut stored.written) {
            stored.books.audit(scope, &stored.counters);
        }
    }

    /// Who was told that a call is reserved has its hold in each scope that is limited.
    pub(crate) fn assert_held(&self, call: &Call, lapses_at: Timestamp) {
        let stored = self.stored();
        let state = stored.state(call.set.scopes(), Some(call.id));
        if lapses_at <= stored.now.plus(SKEW) || state.open.is_some() {
            return;
        }
        for ground in state.grounds() {
            let is_limited = !ground.caps(stored.now).1.is_unlimited();
            let held = ground.holding(HoldKey::of(call.id)).next().is_some();
            assert!(held || !is_limited, "{} is said to be reserved and is not held by {}", call.id, ground.scope);
        }
    }

    /// Who was told that a call is settled holds nothing for it.
    pub(crate) fn assert_no_hold(&self, call: &Call) {
        let stored = self.stored();
        let attempts = &stored.ledger[&call.id].attempts;
        for ground in stored.state(call.set.scopes(), Some(call.id)).grounds() {
            let mut holds = ground.holding(HoldKey::of(call.id));
            assert!(holds.all(|(_, hold)| !attempts.contains(&hold.attempt)), "{} is settled and held", call.id);
        }
    }

    pub(crate) async fn call<T>(&self, effect: impl FnOnce(&mut Stored, Purpose) -> T) -> Result<T> {
        turn().await;
        let (done, lost) = {
            let mut stored = self.stored();
            match stored.disturbance(&self.cut_off) {
                Some(Disturbance::Throttle) => (None, Some(Code::Unavailable)),
                Some(Disturbance::Conflict) => (None, Some(Code::Conflict)),
                Some(Disturbance::AnswerLost) => (Some(effect(&mut stored, self.purpose)), Some(Code::Unavailable)),
                None => (Some(effect(&mut stored, self.purpose)), None),
            }
        };
        turn().await;
        match (done, lost) {
            (Some(done), None) => Ok(done),
            (_, lost) => Err(Error::new(lost.unwrap_or(Code::Unavailable), "disturbed")),
        }
    }
}

impl Stored {
    fn disturbance(&mut self, cut_off: &AtomicUsize) -> Option<Disturbance> {
        let is_cut_off = cut_off.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        if self.one_in == 0 || !(is_cut_off || self.random.once_in(self.one_in)) {
            return None;
        }
        if self.random.once_in(4) {
            cut_off.store(CUT_OFF, Ordering::Relaxed);
        }
        self.disturbed += 1;
        Some(self.random.one_of(&[Disturbance::Throttle, Disturbance::Conflict, Disturbance::AnswerLost]))
    }

    /// As it is at this moment: of counters with branches the call's own, or all.
    pub(crate) fn state(&self, scopes: impl Iterator<Item = QuotaScope>, id: Option<ReservationId>) -> CallState {
        let home = id.map(|id| Branch::of(HoldKey::of(id)));
        let of_scope = |scope: QuotaScope| {
            let counter = self.counters.get(&scope.into()).cloned();
            let has_branches = counter.as_ref().is_some_and(|counter| counter.phase.has_branches());
            let read = Branch::all().filter(|branch| has_branches && home.is_none_or(|home| home == *branch));
            let branches = read.map(|branch| (branch, self.branch(scope, branch))).collect();
            let limits = self.limits.get(&scope).cloned().unwrap_or_default();
            ScopeState { scope, limits, counter, branches }
        };
        CallState {
            platform: self.platform.clone(),
            organization: self.organization.clone(),
            scopes: scopes.map(of_scope).collect(),
            open: id.and_then(|id| self.open.get(&id).copied()),
            settled: id.and_then(|id| self.ledger.get(&id).cloned()),
            branching: BRANCHING,
        }
    }

    pub(crate) fn branch(&self, scope: QuotaScope, branch: Branch) -> Option<Counter> {
        self.counters.get(&Place { scope, part: Part::Branch(branch) }).cloned()
    }

    pub(crate) fn write(
        &mut self,
        place: Place,
        write: &CounterWrite,
        purpose: Purpose,
    ) -> Result<(), Box<Option<Counter>>> {
        let before = self.counters.get(&place).cloned();
        let Ok(after) = write.apply(before.as_ref()) else {
            self.refused_writes += 1;
            return Err(Box::new(before));
        };
        self.books.enter(place, before.as_ref(), &after, purpose, &self.ledger);
        self.branching.count(place.part, before.as_ref(), &after);
        self.counters.insert(place, after);
        self.books.excuse_lowered(place, before.as_ref(), &self.counters);
        self.written.push(place.scope);
        Ok(())
    }
}
