//! Leases: a block of tokens that a runtime takes for a while and accounts for by itself.
//!
//! To the counters a lease is a reservation like any other: the whole block is held, so nothing can be overspent by it.

use std::time::Duration;

use super::{Call, ScopeSet, SettleQuota, Settled, Tokens, Usage, UsageSource};
use crate::id::ReservationId;
use crate::{Action, Code, Command, Error, OrgScope, Result, Timestamp};

/// A block may be spent for so long. What was spent of it may be reported for as long as any hold lasts.
pub const LEASE: Duration = Duration::from_secs(60);
/// A block is at most this part of what the tightest limit has left, so that a few leases near a limit do not lock others out.
const SHARE: i64 = 8;
/// So many lines report what a block was spent on.
pub const LINES_MAX: usize = 50;

/// `POST /v1/token-leases`
#[derive(Clone, Copy, Debug)]
pub struct TakeLease {
    /// The caller's id, what the calls fall in, and how many tokens are wanted.
    pub wanted: Call,
    /// With less than that, single reservations serve better.
    pub at_least: Tokens,
}

impl Command for TakeLease {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReserveQuota
    }
}

impl TakeLease {
    /// How large the block is where the tightest limit has so much left; none = without any limit.
    ///
    /// # Errors
    /// [`Code::LeaseTooSmall`]
    pub fn size(&self, left: Option<i64>) -> Result<Tokens> {
        let share = left.map_or(Tokens::MAX, |left| Tokens::at_least_zero(left / SHARE));
        let size = self.wanted.amount.min(share);
        let words = "too little is left for a lease of that size; reserve calls one by one";
        (size >= self.at_least).then_some(size).ok_or_else(|| Error::new(Code::LeaseTooSmall, words))
    }
}

/// What some calls of a lease used together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseLine {
    /// The caller's id for the line of the ledger.
    pub id: ReservationId,
    /// What they used.
    pub usage: Usage,
}

/// `POST /v1/token-leases/{id}/return`
#[derive(Clone, Debug)]
pub struct ReturnLease {
    /// Which.
    pub id: ReservationId,
    /// What the calls fell in.
    pub set: ScopeSet,
    /// What they used.
    pub lines: Vec<LeaseLine>,
}

impl Command for ReturnLease {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::SettleQuota
    }
}

impl ReturnLease {
    /// A return of at most 50 lines, each with an id of its own.
    ///
    /// # Errors
    /// [`Code::Invalid`], with a pointer.
    pub fn new(id: ReservationId, set: ScopeSet, lines: Vec<LeaseLine>, now: Timestamp) -> Result<Self> {
        if lines.len() > LINES_MAX {
            return Err(Error::new(Code::Invalid, "must hold at most 50 lines").at("/lines"));
        }
        let mut seen = std::collections::BTreeSet::from([id]);
        for (place, line) in lines.iter().enumerate() {
            let at = |error: Error, field: &str| Err(error.at(format!("/lines/{place}/{field}")));
            if !seen.insert(line.id) {
                return at(Error::new(Code::Invalid, "must be another one for each line"), "id");
            }
            if let Err(error) = SettleQuota::new(line.id, set, line.usage.clone(), now) {
                let field = error.pointer().unwrap_or_default().trim_start_matches('/').to_owned();
                return at(error, &field);
            }
        }
        Ok(Self { id, set, lines })
    }

    /// What all of them used.
    #[must_use]
    pub fn total(&self) -> Tokens {
        self.lines.iter().fold(Tokens::ZERO, |sum, line| sum.plus(line.usage.total()))
    }

    /// The settlement of the block: it charges all of it, and is no use of its own, which stands in the lines.
    #[must_use]
    pub fn settlement(&self) -> SettleQuota {
        let (prompt, completion) = (Tokens::ZERO, Tokens::ZERO);
        let usage =
            Usage { prompt, completion, source: UsageSource::None, model: None, provider: None, cost_micro_usd: 0 };
        SettleQuota { id: self.id, set: self.set, usage, charged: Some(self.total()) }
    }

    /// The lines of the ledger.
    #[must_use]
    pub fn settled(&self, reserved_at: Timestamp, now: Timestamp) -> Vec<Settled> {
        let line = |line: &LeaseLine| Settled {
            id: line.id,
            set: self.set,
            usage: line.usage.clone(),
            charged: Some(Tokens::ZERO),
            reserved_at,
            settled_at: now,
            late: false,
            attempts: Default::default(),
        };
        self.lines.iter().map(line).collect()
    }
}

/// A runtime's own account of a block: for whoever builds one. No call is made for it, and it never gives away more than it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    left: u64,
    used: u64,
    until: Timestamp,
}

impl Block {
    /// A block of that size, reserved at that instant.
    #[must_use]
    pub fn new(size: Tokens, reserved_at: Timestamp) -> Self {
        Self { left: size.get(), used: 0, until: reserved_at.plus(LEASE) }
    }

    /// Takes tokens for a call. False where too few are left, or the time is over.
    #[must_use]
    pub fn take(&mut self, amount: Tokens, now: Timestamp) -> bool {
        let fits = now < self.until && amount.get() <= self.left;
        if fits {
            self.left -= amount.get();
        }
        fits
    }

    /// A call for which so much was taken has used so much: what it used beyond that is taken from what is left, as far as
    /// there is.
    pub fn settle(&mut self, taken: Tokens, used: Tokens) {
        self.used = self.used.saturating_add(used.get());
        self.left = self.left.saturating_add(taken.get()).saturating_sub(used.get());
    }

    /// What is left to be taken.
    #[must_use]
    pub fn left(&self) -> Tokens {
        Tokens::try_from(self.left).unwrap_or(Tokens::MAX)
    }

    /// What its calls have used.
    #[must_use]
    pub fn used(&self) -> Tokens {
        Tokens::try_from(self.used).unwrap_or(Tokens::MAX)
    }
}

#[cfg(test)]
#[path = "lease_tests.rs"]
mod tests;
