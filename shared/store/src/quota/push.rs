//! Limits that were changed, brought to the counters.

use domain::{Result, Timestamp};

use super::desk::{CallState, QuotaDesk};
use super::write::follow_all;

/// Brings each counter to the limits that were read. A raised limit would be met by the next check anyhow; a lowered one binds
/// from here on. A scope without a counter needs nothing, and one that knows newer limits is brought to those by who set them.
///
/// # Errors
/// What the database said; asking again completes it.
pub async fn push<D: QuotaDesk>(desk: &D, state: &CallState, now: Timestamp) -> Result<()> {
    follow_all(desk, state, |ground| ground.bring_up(now)).await.map(drop)
}

/// Keeps each counter in order: see [`domain::quota::Ground::tidy`].
///
/// # Errors
/// As [`push`].
pub async fn tidy<D: QuotaDesk>(desk: &D, state: &CallState, now: Timestamp) -> Result<()> {
    follow_all(desk, state, |ground| ground.tidy(now)).await.map(drop)
}
