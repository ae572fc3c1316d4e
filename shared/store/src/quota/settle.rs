//! How a reservation ends: the ledger first, the counters after it, so that a repeat completes what is missing.

use std::collections::BTreeSet;

use domain::id::ReservationId;
use domain::quota::{Hold, HoldKey, ReleaseQuota, ScopeSet, SettleQuota, Settled, Tokens};
use domain::{Result, Timestamp};

use super::desk::{CallState, QuotaDesk};
use super::reserve::reused;
use super::write::{busy, follow, follow_all};
use crate::core::ATTEMPTS;

/// Charges what a call used. Spending whose hold is gone is charged as well, where its windows still are.
///
/// # Errors
/// [`domain::Code::ReservationReused`] where the call was another one or was settled with other numbers; what the database
/// said, after which the same request completes what is missing.
pub async fn settle<D: QuotaDesk>(
    desk: &D,
    mut state: CallState,
    settlement: &SettleQuota,
    attempt: u32,
    now: Timestamp,
) -> Result<Settled> {
    let key = HoldKey::of(settlement.id);
    let settled = match state.settled.take() {
        Some(before) => before,
        None => {
            let settled = charged(desk, &mut state, settlement, attempt, now).await?;
            desk.put_settled(&settled).await?.unwrap_or(settled)
        }
    };
    if !settled.says(settlement) {
        return Err(reused());
    }
    complete(desk, &state, (key, now), &settled).await?;
    if state.open.is_some() {
        desk.drop_open(settlement.id).await?;
    }
    Ok(settled)
}

/// What the ledger is told, once every hold that stands for it is there.
async fn charged<D: QuotaDesk>(
    desk: &D,
    state: &mut CallState,
    settlement: &SettleQuota,
    attempt: u32,
    now: Timestamp,
) -> Result<Settled> {
    let SettleQuota { id, set, usage, charged } = settlement;
    let key = HoldKey::of(*id);
    let holds: Vec<Hold> = held(state, key);
    if holds.iter().any(|hold| hold.set != set.digest()) || state.open.is_some_and(|open| open.set != *set) {
        return Err(reused());
    }
    let since = holds.iter().map(|hold| hold.reserved_at).chain(state.open.map(|open| open.reserved_at)).min();
    let late = since.is_none() || holds.iter().any(|hold| hold.has_lapsed(now));
    let reserved_at = since.unwrap_or_else(|| id.made_at().min(now));
    if since.is_none() {
        desk.check_known(set).await?;
    }
    let may_go = late || holds.iter().any(|hold| hold.may_lapse_meanwhile(now));
    if may_go && settlement.tokens() > Tokens::ZERO {
        let hold = Hold { amount: settlement.tokens(), ..hold_of(set.digest(), attempt, reserved_at, now) };
        hold_belated(desk, state, *id, (*set, hold), now).await?;
    }
    let attempts: BTreeSet<u32> = held(state, key).iter().map(|hold| hold.attempt).collect();
    let (set, usage) = (*set, usage.clone());
    Ok(Settled { id: *id, set, usage, charged: *charged, reserved_at, settled_at: now, late, attempts })
}

pub(crate) fn held(state: &CallState, key: HoldKey) -> Vec<Hold> {
    state.grounds().iter().flat_map(|ground| ground.holding(key)).map(|(_, hold)| hold).collect()
}

fn hold_of(set: [u8; 8], attempt: u32, reserved_at: Timestamp, now: Timestamp) -> Hold {
    Hold { amount: Tokens::ZERO, reserved_at, lapses_at: now.plus(domain::quota::HOLD), set, attempt }
}

/// Puts a hold wherever one is missing and its window still counts, and renews one that may lapse at any moment.
async fn hold_belated<D: QuotaDesk>(
    desk: &D,
    state: &mut CallState,
    id: ReservationId,
    hold: (ScopeSet, Hold),
    now: Timestamp,
) -> Result<()> {
    let (set, hold) = hold;
    for round in 1..=ATTEMPTS {
        if put_belated(desk, state, (HoldKey::of(id), hold), now).await? {
            return Ok(());
        }
        desk.pause(round).await;
        *state = desk.read(id, &set).await?;
    }
    Err(busy())
}

/// True once no scope lacks one.
async fn put_belated<D: QuotaDesk>(
    desk: &D,
    state: &mut CallState,
    (key, hold): (HoldKey, Hold),
    now: Timestamp,
) -> Result<bool> {
    let mut seen = state.scopes.clone();
    let mut is_complete = true;
    for scope in &mut seen {
        is_complete &= follow(desk, state, scope, |ground| ground.hold_belated(key, hold, now)).await?;
    }
    state.scopes = seen;
    Ok(is_complete)
}

/// Ends every hold that is still there, as the ledger says.
async fn complete<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    (key, now): (HoldKey, Timestamp),
    settled: &Settled,
) -> Result<()> {
    let used = settled.tokens();
    done(follow_all(desk, state, |ground| ground.settle(key, used, &settled.attempts, now)).await?)
}

/// Where newer limits are known than were read, the same request completes it.
fn done(is_done: bool) -> Result<()> {
    if is_done { Ok(()) } else { Err(busy()) }
}

/// Gives back what a call was to use that is not made. One that was settled stays so; one that nobody knows is no error:
/// nothing is held afterwards.
///
/// # Errors
/// [`domain::Code::ReservationReused`] where the call was another one; what the database said.
pub async fn release<D: QuotaDesk>(desk: &D, state: CallState, asked: &ReleaseQuota, now: Timestamp) -> Result<()> {
    let key = HoldKey::of(asked.id);
    if let Some(settled) = &state.settled {
        return complete(desk, &state, (key, now), settled).await;
    }
    let is_other = |hold: &Hold| hold.set != asked.set.digest();
    if held(&state, key).iter().any(is_other) || state.open.is_some_and(|open| open.set != asked.set) {
        return Err(reused());
    }
    if state.open.is_some() {
        desk.drop_open(asked.id).await?;
    }
    done(follow_all(desk, &state, |ground| ground.release(key, None, now)).await?)
}
