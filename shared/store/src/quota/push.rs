//! Limits that were changed, brought to the counters.

use domain::{Result, Timestamp};

use super::desk::{CallState, QuotaDesk};
use super::write::follow_all;

/// Brings each counter to the limits that were read. A raised limit would be met by the next check anyhow; a lowered one binds
/// from here on. A scope without a counter needs nothing. False where somebody has written who knew newer limits, or between the
/// reading of two parts: then what is read again has to be pushed.
///
/// # Errors
/// What the database said; asking again completes it.
pub async fn push<D: QuotaDesk>(desk: &D, state: &CallState, now: Timestamp) -> Result<bool> {
    follow_all(desk, state, |ground| ground.bring_up(now)).await
}

/// Keeps each counter in order: see [`domain::quota::Ground::tidy`]. What others change meanwhile waits for the next time.
///
/// # Errors
/// As [`push`].
pub async fn tidy<D: QuotaDesk>(desk: &D, state: &CallState, now: Timestamp) -> Result<()> {
    follow_all(desk, state, |ground| ground.tidy(now)).await.map(drop)
}
