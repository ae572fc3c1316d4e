//! Whether a reservation stands: what is only done under one asks for that.

use domain::id::ReservationId;
use domain::quota::{Asked, HoldKey, Plan, ScopeSet};
use domain::{Result, Timestamp};

use super::desk::CallState;
use super::reserve::reused;
use super::settle::held;

/// Whether the call is reserved, and neither ended nor lapsed. A hold in some of its scopes alone is none: it may be about to be
/// undone.
///
/// # Errors
/// [`domain::Code::ReservationReused`] where it was another call that was reserved.
pub(crate) fn is_live(state: &CallState, id: ReservationId, set: ScopeSet, now: Timestamp) -> Result<bool> {
    if let Some(settled) = &state.settled {
        return if settled.set == set { Ok(false) } else { Err(reused()) };
    }
    if let Some(open) = state.open {
        return if open.set == set { Ok(open.lapses_at > now) } else { Err(reused()) };
    }
    let holds = held(state, HoldKey::of(id));
    let Some(first) = holds.first() else { return Ok(false) };
    let asked = Asked { id, set, amount: first.amount, attempt: first.attempt };
    match Plan::of(&asked, &state.grounds(), now) {
        Plan::Held(holds) => Ok(holds.iter().all(|(_, hold)| !hold.has_lapsed(now))),
        Plan::Reused => Err(reused()),
        Plan::Open | Plan::Take(..) | Plan::Prepare(_) | Plan::Look(_) | Plan::Refuse(_) | Plan::Behind => Ok(false),
    }
}
