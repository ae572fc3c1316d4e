//! Branches: a counter that many calls contend for gives tokens to parts of itself, and takes them back.
//!
//! The counter itself is the *root*. While it is open, each call is held by one of its branches, chosen by the reservation's
//! id, and a branch that has too little is given more by the root. Near a limit, or when limits change, the root is joined
//! again: every branch gives back what it has free, and from then on the root alone holds.
//!
//! Tokens move by totals. Who gives adds to what it has given and takes from what it has left, in one write; who receives
//! compares that total with what it has received, and adds the difference to what it has left, in another one. What is on its
//! way is nobody's to spend, and whoever comes by completes the move, once.

use std::collections::BTreeMap;

use super::{HoldKey, QuotaScope};

/// So many branches a counter has while it has any.
pub const BRANCHES: u8 = 16;

/// One branch of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Branch(u8);

impl Branch {
    /// The one that holds that reservation while the counter is open.
    #[must_use]
    pub fn of(key: HoldKey) -> Self {
        Self(key.0.last().map_or(0, |byte| byte % BRANCHES))
    }

    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..BRANCHES).map(Self)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

/// A counter, or one of its branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The counter itself.
    Root,
    /// A branch of it.
    Branch(Branch),
}

/// A part of the counter of a scope: what one item of the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Whose counter.
    pub scope: QuotaScope,
    /// Which part of it.
    pub part: Part,
}

impl From<QuotaScope> for Place {
    fn from(scope: QuotaScope) -> Self {
        Self { scope, part: Part::Root }
    }
}

/// Which parts may hold. It only grows; a branch has that of the root as of its last write, and a hold is only put in a
/// branch whose phase is not newer than the root's that was read. So of two tries with one id that read different phases
/// one is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phase(pub u64);

/// What a phase means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The root holds.
    Joined,
    /// The branches hold.
    Open,
    /// Nobody does, until every branch has given back what it has free.
    Closing,
}

impl Phase {
    /// What it means.
    #[must_use]
    pub fn stage(self) -> Stage {
        match self.0 % 3 {
            0 => Stage::Joined,
            1 => Stage::Open,
            _ => Stage::Closing,
        }
    }

    /// The one that follows.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Whether there are branches, or were.
    #[must_use]
    pub fn has_branches(self) -> bool {
        self.0 > 0
    }
}

/// What went between a root and one of its branches in one window, as the part sees it that it is stored with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// What this part has given to the other. It only grows.
    pub given: i64,
    /// What it has received from there. It only grows.
    pub received: i64,
}

/// What went between a part and the others in one window: for a root each branch, for a branch itself alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows(BTreeMap<Branch, Flow>);

impl Flows {
    /// With one branch.
    #[must_use]
    pub fn of(&self, branch: Branch) -> Flow {
        self.0.get(&branch).copied().unwrap_or_default()
    }

    /// Puts what went between the part and one branch.
    pub fn set(&mut self, branch: Branch, flow: Flow) {
        if flow != Flow::default() {
            self.0.insert(branch, flow);
        }
    }

    /// Each that is not nothing.
    pub fn iter(&self) -> impl Iterator<Item = (Branch, Flow)> {
        self.0.iter().map(|(branch, flow)| (*branch, *flow))
    }

    /// Whether nothing ever went anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the part has given and not received.
    #[must_use]
    pub fn net(&self) -> i64 {
        self.0.values().map(|flow| flow.given - flow.received).sum()
    }
}

/// When a counter opens, and how much a branch is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branching {
    /// It opens when so many reservations hold in the root: twice as many as fit into one write unit.
    pub open_at: usize,
    /// A branch is given that part of what the root has left: so all branches together have a quarter of it free at most.
    pub share: i64,
    /// What it is given has to last for so many calls of the size at hand; else the counter is joined.
    pub calls: i64,
}

impl Branching {
    /// What the product does.
    pub const USUAL: Self = Self { open_at: 24, share: 64, calls: 32 };

    /// What is given to a branch of so much left, where it is enough for calls of that size.
    #[must_use]
    pub fn chunk(&self, left: i64, amount: i64) -> Option<i64> {
        let chunk = left.checked_div(self.share).unwrap_or(0);
        (chunk >= amount.saturating_mul(self.calls)).then_some(chunk)
    }
}

impl Default for Branching {
    fn default() -> Self {
        Self::USUAL
    }
}

#[cfg(test)]
#[path = "branch_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "branch_books_tests.rs"]
mod books_tests;
