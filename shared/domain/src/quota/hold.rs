//! What a reservation has taken from a counter, until it is settled, released or lapses.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{ScopeSet, Tokens};
use crate::Timestamp;
use crate::id::ReservationId;

/// A hold that nobody settles lapses after that time.
pub const HOLD: Duration = Duration::from_secs(15 * 60);

/// Stands for a reservation in a counter: a part of a hash, so that counters stay small.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldKey(pub [u8; 10]);

impl HoldKey {
    /// Of that reservation.
    #[must_use]
    pub fn of(id: ReservationId) -> Self {
        let mut short = [0; 10];
        short.iter_mut().zip(Sha256::digest(id.to_string())).for_each(|(to, from)| *to = from);
        Self(short)
    }
}

impl std::fmt::Debug for HoldKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Tokens that are neither used nor free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// How many.
    pub amount: Tokens,
    /// When; the windows of that instant are those it counts in.
    pub reserved_at: Timestamp,
    /// When it ends if nobody ends it.
    pub lapses_at: Timestamp,
    /// What the call falls in; see [`ScopeSet::digest`].
    pub set: [u8; 8],
    /// Which try to reserve took it. A try that is refused in one scope undoes its own holds in the others, and no other's.
    pub attempt: u32,
}

impl Hold {
    /// Whether it has ended by itself.
    #[must_use]
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.lapses_at <= now
    }

    /// Whether it is a hold of such a call.
    #[must_use]
    pub fn is_for(&self, set: &ScopeSet, amount: Tokens) -> bool {
        self.set == set.digest() && self.amount == amount
    }
}
