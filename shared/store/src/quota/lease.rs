//! Leases: to the counters a reservation like any other, whose size follows from what is left and whose end has many lines.

use domain::quota::{Call, HoldKey, ReturnLease, Settled, TakeLease};
use domain::{Result, Timestamp};
use futures::future::join_all;

use super::desk::{CallState, QuotaDesk};
use super::reserve::{Outcome, Try, reserve, reused};
use super::settle::{held, settle};

/// Takes a block. Asked again, it is the block that was taken before, whatever is left by then.
///
/// # Errors
/// [`domain::Code::LeaseTooSmall`]; as [`reserve`].
pub async fn take_lease<D: QuotaDesk>(
    desk: &D,
    state: CallState,
    asked: &TakeLease,
    first: u32,
    now: Timestamp,
) -> Result<Outcome> {
    let live = held(&state, HoldKey::of(asked.wanted.id)).into_iter().find(|hold| !hold.has_lapsed(now));
    let before = live.map(|hold| hold.amount).or_else(|| state.open.map(|open| open.amount));
    let left = state.grounds().iter().filter_map(|ground| ground.room(now)).map(|room| room.left).min();
    let amount = before.map_or_else(|| asked.size(left), Ok)?;
    reserve(desk, state, Try { call: Call { amount, ..asked.wanted }, first, now }).await
}

/// Writes what its calls used, and charges it.
///
/// # Errors
/// As [`settle`]; [`domain::Code::ReservationReused`] with a pointer, where a line stands for another call.
pub async fn return_lease<D: QuotaDesk>(
    desk: &D,
    state: CallState,
    asked: &ReturnLease,
    attempt: u32,
    now: Timestamp,
) -> Result<Settled> {
    let settlement = asked.settlement();
    let holds = held(&state, HoldKey::of(asked.id));
    let is_other = holds.iter().any(|hold| hold.set != asked.set.digest())
        || state.open.is_some_and(|open| open.set != asked.set)
        || state.settled.as_ref().is_some_and(|before| !before.says(&settlement));
    if is_other {
        return Err(reused());
    }
    let before = state.settled.as_ref().map(|settled| settled.reserved_at);
    let since = holds.iter().map(|hold| hold.reserved_at).chain(state.open.map(|open| open.reserved_at)).min();
    if since.or(before).is_none() {
        desk.check_known(&asked.set).await?;
    }
    let reserved_at = before.or(since).unwrap_or_else(|| asked.id.made_at().min(now));
    let lines = asked.settled(reserved_at, now);
    let put = lines.iter().map(async |line| desk.put_settled(line).await);
    for (place, there) in join_all(put).await.into_iter().enumerate() {
        let is_same = there?.is_none_or(|there| lines.get(place).is_some_and(|line| there.repeats(line)));
        if !is_same {
            return Err(reused().at(format!("/lines/{place}/id")));
        }
    }
    settle(desk, state, &settlement, attempt, now).await
}
