//! The database of one organization's quotas, in memory: what the product asks of a table, done at once and in one place.
//!
//! Before and after each effect the caller waits for its turn; so an effect of one falls anywhere between those of others, and
//! who is killed is killed at any of these places.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use domain::id::ReservationId;
use domain::quota::{
    ByPeriod, Call, Counter, CounterWrite, Defaults, HoldKey, Limits, QuotaScope, ScopeKind, ScopeSet, Settled, Tokens,
};
use domain::{Code, Error, Result, Timestamp};
use store::quota::{CallState, Open, QuotaDesk, ScopeState, Unwritten};

use crate::Random;
use crate::books::Books;
use crate::turn::turn;

/// Clocks differ by less than that.
const SKEW: std::time::Duration = std::time::Duration::from_secs(10);

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
    /// To bring counters to new limits.
    Push,
}

/// Everything that is stored, and the books beside it.
pub(crate) struct Stored {
    pub(crate) now: Timestamp,
    pub(crate) platform: Defaults,
    pub(crate) organization: Defaults,
    pub(crate) limits: BTreeMap<QuotaScope, Limits>,
    pub(crate) counters: BTreeMap<QuotaScope, Counter>,
    pub(crate) open: BTreeMap<ReservationId, Open>,
    pub(crate) ledger: BTreeMap<ReservationId, Settled>,
    pub(crate) books: Books,
    pub(crate) random: Random,
    pub(crate) one_in: usize,
    pub(crate) disturbed: u64,
    pub(crate) refused_writes: u64,
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
            stored.books.audit(scope, &stored.counters[&scope]);
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
            let held = ground.counter.is_some_and(|counter| counter.holds.contains_key(&HoldKey::of(call.id)));
            assert!(held || !is_limited, "{} is said to be reserved and is not held by {}", call.id, ground.scope);
        }
    }

    /// Who was told that a call is settled holds nothing for it.
    pub(crate) fn assert_no_hold(&self, call: &Call) {
        let stored = self.stored();
        let attempts = &stored.ledger[&call.id].attempts;
        for scope in call.set.scopes() {
            let hold = stored.counters.get(&scope).and_then(|counter| counter.holds.get(&HoldKey::of(call.id)));
            assert!(hold.is_none_or(|hold| !attempts.contains(&hold.attempt)), "{} is settled and held", call.id);
        }
    }

    async fn call<T>(&self, effect: impl FnOnce(&mut Stored, Purpose) -> T) -> Result<T> {
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

    pub(crate) fn state(&self, scopes: impl Iterator<Item = QuotaScope>, id: Option<ReservationId>) -> CallState {
        let of_scope = |scope| ScopeState {
            scope,
            limits: self.limits.get(&scope).cloned().unwrap_or_default(),
            counter: self.counters.get(&scope).cloned(),
        };
        CallState {
            platform: self.platform.clone(),
            organization: self.organization.clone(),
            scopes: scopes.map(of_scope).collect(),
            open: id.and_then(|id| self.open.get(&id).copied()),
            settled: id.and_then(|id| self.ledger.get(&id).cloned()),
        }
    }

    fn write(&mut self, scope: QuotaScope, write: &CounterWrite, purpose: Purpose) -> Result<(), Box<Option<Counter>>> {
        let before = self.counters.get(&scope).cloned();
        let Ok(after) = write.apply(before.as_ref()) else {
            self.refused_writes += 1;
            return Err(Box::new(before));
        };
        self.books.enter(scope, before.as_ref(), &after, purpose, &self.ledger);
        self.counters.insert(scope, after);
        self.written.push(scope);
        Ok(())
    }
}

impl QuotaDesk for Memory {
    /// Items are read one after the other, as a batch of the database does: others may write in between.
    async fn read(&self, id: ReservationId, set: &ScopeSet) -> Result<CallState> {
        let mut state = self.call(|stored, _| stored.state(std::iter::empty(), Some(id))).await?;
        for scope in set.scopes() {
            turn().await;
            state.scopes.extend(self.stored().state(std::iter::once(scope), None).scopes);
        }
        Ok(state)
    }

    async fn write(&self, scope: QuotaScope, write: &CounterWrite) -> Result<(), Unwritten> {
        let written = self.call(|stored, purpose| stored.write(scope, write, purpose)).await;
        written.map_err(Unwritten::Fault)?.map_err(|there| Unwritten::Refused(*there))
    }

    async fn put_open(&self, id: ReservationId, open: &Open) -> Result<Option<Open>> {
        self.call(|stored, _| match stored.open.get(&id) {
            Some(there) => Some(*there),
            None => {
                stored.open.insert(id, *open);
                None
            }
        })
        .await
    }

    async fn drop_open(&self, id: ReservationId) -> Result<()> {
        self.call(|stored, _| stored.open.remove(&id)).await.map(|_| ())
    }

    async fn put_settled(&self, settled: &Settled) -> Result<Option<Settled>> {
        self.call(|stored, _| match stored.ledger.get(&settled.id) {
            Some(there) => Some(there.clone()),
            None => {
                stored.ledger.insert(settled.id, settled.clone());
                None
            }
        })
        .await
    }

    async fn check_known(&self, _: &ScopeSet) -> Result<()> {
        self.call(|_, _| ()).await
    }

    async fn pause(&self, _: u32) {
        turn().await;
    }
}
