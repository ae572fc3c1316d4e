//! One reservation over all of its scopes: decided from what was read, before the first write.

use super::{Asked, CounterWrite, Ground, Hold, Place, QuotaScope, Shortage, Take, Taking};
use crate::Timestamp;

/// A scope is far from its limit while it has room for so many calls of this size: more than may be on their way at once
/// between this call's read and its last write.
const FAR: i64 = 512;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// No scope is limited: the reservation is an item of its own.
    Open,
    /// It is held everywhere it has to be, by one try that is over.
    Held(Vec<(QuotaScope, Hold)>),
    /// These writes, in this order.
    Take(Vec<(QuotaScope, Box<Take>)>, Pace),
    /// These writes first, then plan again: lapsed holds go, or tokens move between a counter and its branches.
    Prepare(Vec<(Place, CounterWrite)>),
    /// All branches of these have to be read.
    Look(Vec<QuotaScope>),
    /// There is no room; the tightest of those that lack it.
    Refuse(Shortage),
    /// Read again: what was read is older than what was written.
    Behind,
    /// The id was used for another call.
    Reused,
}

/// How the writes follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// All at once: there is room enough.
    Together,
    /// One after the other, the narrowest first: who gets the last place there gets it in all of them.
    InTurn,
}

impl Plan {
    /// Decides. What earlier tries hold is kept only if one try holds everything: that one was refused nowhere, so nobody
    /// undoes it. Else this try takes it over.
    #[must_use]
    pub fn of(asked: &Asked, scopes: &[Ground<'_>], now: Timestamp) -> Self {
        let found: Vec<_> = scopes.iter().map(|ground| (ground.scope, ground.take(asked, false, now))).collect();
        let bound = || found.iter().filter(|(_, taking)| *taking != Taking::Unbound);
        let held: Vec<_> = bound()
            .filter_map(|(scope, taking)| match taking {
                Taking::Held(hold) => Some((*scope, *hold)),
                Taking::Unbound
                | Taking::Take(_)
                | Taking::Prepare(_)
                | Taking::Look
                | Taking::Full(_)
                | Taking::Behind
                | Taking::Reused => None,
            })
            .collect();
        let one_try = held.windows(2).all(|pair| matches!(pair, [(_, a), (_, b)] if a.attempt == b.attempt));
        match (held.len(), bound().count()) {
            (0, 0) => Self::Open,
            (some, all) if some == all && one_try => Self::Held(held),
            _ => Self::taking(scopes.iter().map(|ground| (ground.scope, ground.take(asked, true, now))).collect()),
        }
    }

    fn taking(found: Vec<(QuotaScope, Taking)>) -> Self {
        let (mut takes, mut short, mut first, mut look) = (vec![], vec![], vec![], vec![]);
        for (scope, taking) in found {
            match taking {
                Taking::Reused => return Self::Reused,
                Taking::Behind => return Self::Behind,
                Taking::Look => look.push(scope),
                Taking::Prepare(writes) => {
                    first.extend(writes.into_iter().map(|(part, write)| (Place { scope, part }, write)));
                }
                Taking::Full(shortage) => short.push(shortage),
                Taking::Take(take) => takes.push((scope, take)),
                Taking::Unbound | Taking::Held(_) => {}
            }
        }
        match short.into_iter().min_by_key(Shortage::rank) {
            Some(short) => Self::Refuse(short),
            None if !look.is_empty() => Self::Look(look),
            None if !first.is_empty() => Self::Prepare(first),
            None => Self::in_order(takes),
        }
    }

    fn in_order(mut takes: Vec<(QuotaScope, Box<Take>)>) -> Self {
        takes.sort_by_key(|(scope, take)| (take.room.left, *scope));
        let is_far =
            |(_, take): &(QuotaScope, Box<Take>)| take.room.left >= take.hold.amount.signed().saturating_mul(FAR);
        let pace = if takes.iter().all(is_far) { Pace::Together } else { Pace::InTurn };
        Self::Take(takes, pace)
    }
}
