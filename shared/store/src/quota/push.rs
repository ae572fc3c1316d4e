//! Limits that were changed, brought to the counters.

use domain::quota::Counter;
use domain::{Result, Timestamp};

use super::desk::{CallState, QuotaDesk, ScopeState};
use super::write::write_planned;

/// Brings each counter to the limits that were read. A raised limit would be met by the next check anyhow; a lowered one binds
/// from here on. A scope without a counter needs nothing.
///
/// # Errors
/// What the database said; asking again completes it.
pub async fn push<D: QuotaDesk>(desk: &D, state: &CallState, now: Timestamp) -> Result<()> {
    for scope in &state.scopes {
        let Some(counter) = scope.counter.clone() else { continue };
        let plan = |counter: &Counter| {
            let seen = ScopeState { counter: Some(counter.clone()), ..scope.clone() };
            state.ground(&seen).bring_up(now)
        };
        write_planned(desk, scope.scope, counter, plan).await?;
    }
    Ok(())
}
