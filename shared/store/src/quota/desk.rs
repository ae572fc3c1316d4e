//! What carrying out a check needs of a database, and what is known of one call.

use std::collections::BTreeMap;
use std::future::Future;

use domain::id::ReservationId;
use domain::quota::{
    Branch, Branching, Counter, CounterWrite, Defaults, Ground, Layers, Limits, Part, Place, QuotaScope, ScopeSet,
    Settled, Tokens,
};
use domain::{Error, Result, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known of one scope of a call.
#[derive(Clone, Debug)]
pub struct ScopeState {
    /// Which.
    pub scope: QuotaScope,
    /// What was set on it.
    pub limits: Limits,
    /// Its counter, where there is one.
    pub counter: Option<Counter>,
    /// The counter's branches that were read; none where one was not written yet.
    pub branches: BTreeMap<Branch, Option<Counter>>,
}

impl ScopeState {
    pub(crate) fn part(&self, part: Part) -> Option<&Counter> {
        match part {
            Part::Root => self.counter.as_ref(),
            Part::Branch(branch) => self.branches.get(&branch)?.as_ref(),
        }
    }

    /// That a part was written meanwhile, and is this now.
    pub(crate) fn see(&mut self, part: Part, there: Option<Counter>) {
        match part {
            Part::Root => self.counter = there,
            Part::Branch(branch) => drop(self.branches.insert(branch, there)),
        }
    }
}

/// What was read for one call.
#[derive(Clone, Debug)]
pub struct CallState {
    /// The platform's defaults.
    pub platform: Defaults,
    /// The organization's.
    pub organization: Defaults,
    /// The call's scopes.
    pub scopes: Vec<ScopeState>,
    /// The reservation, where no limit counts it.
    pub open: Option<Open>,
    /// What it used, where it is over.
    pub settled: Option<Settled>,
    /// When counters have branches.
    pub branching: Branching,
}

impl CallState {
    /// Each scope with what decides about it.
    #[must_use]
    pub fn grounds(&self) -> Vec<Ground<'_>> {
        self.scopes.iter().map(|state| self.ground(state)).collect()
    }

    pub(crate) fn ground<'a>(&'a self, state: &'a ScopeState) -> Ground<'a> {
        let layers = Layers { platform: &self.platform, organization: &self.organization, own: &state.limits };
        let (counter, branches, branching) = (state.counter.as_ref(), &state.branches, self.branching);
        Ground { scope: state.scope, layers, counter, branches, branching }
    }

    pub(crate) fn scope(&self, scope: QuotaScope) -> Option<&ScopeState> {
        self.scopes.iter().find(|state| state.scope == scope)
    }

    pub(crate) fn scope_mut(&mut self, scope: QuotaScope) -> Option<&mut ScopeState> {
        self.scopes.iter_mut().find(|state| state.scope == scope)
    }
}

/// A reservation that no limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// What the call falls in.
    #[serde(flatten)]
    pub set: ScopeSet,
    /// How many tokens it asked for.
    pub amount: Tokens,
    /// Since when.
    pub reserved_at: Timestamp,
    /// Until when.
    pub lapses_at: Timestamp,
}

/// Why a counter was not written.
#[derive(Debug)]
pub enum Unwritten {
    /// The condition did not hold; this is what is there.
    Refused(Option<Counter>),
    /// The database did not say; it may have been written.
    Fault(Error),
}

/// The database of one organization's quotas. The product has one; the model's tests put another, in memory, in its place,
/// so that the order of every step can be chosen.
pub trait QuotaDesk: Sync {
    /// Everything that decides about a call, read consistently; of a counter with branches the call's own.
    fn read(&self, id: ReservationId, set: &ScopeSet) -> impl Future<Output = Result<CallState>> + Send;

    /// All branches of a scope's counter.
    fn look(&self, scope: QuotaScope) -> impl Future<Output = Result<BTreeMap<Branch, Option<Counter>>>> + Send;

    /// One conditional write of one part of a counter, whose meaning is [`CounterWrite::apply`].
    fn write(&self, place: Place, write: &CounterWrite) -> impl Future<Output = Result<(), Unwritten>> + Send;

    /// Puts a reservation that no limit counts; what is there if there is one.
    fn put_open(&self, id: ReservationId, open: &Open) -> impl Future<Output = Result<Option<Open>>> + Send;

    /// Takes it away, if it is there.
    fn drop_open(&self, id: ReservationId) -> impl Future<Output = Result<()>> + Send;

    /// Puts what a call used into the ledger; what is there if there is something.
    fn put_settled(&self, settled: &Settled) -> impl Future<Output = Result<Option<Settled>>> + Send;

    /// Whether the scopes of a call are the organization's, where nothing else shows it.
    fn check_known(&self, set: &ScopeSet) -> impl Future<Output = Result<()>> + Send;

    /// Waits a random time that grows with each attempt.
    fn pause(&self, attempt: u32) -> impl Future<Output = ()> + Send;
}
