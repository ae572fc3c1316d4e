//! What a try has taken goes back, when it is refused in another scope.

use domain::Result;
use domain::quota::{Asked, Counter, HoldKey, QuotaScope, Take};

use super::desk::QuotaDesk;
use super::write::write_planned;

/// Gives back in the opposite order, so that the scope that decides is the last to show room. Only the holds of this try:
/// those of a later one stay. What cannot be given back now lapses.
pub(crate) async fn undo<D: QuotaDesk>(desk: &D, asked: &Asked, taken: &[&(QuotaScope, Box<Take>)]) {
    for (scope, take) in taken.iter().rev() {
        if let Err(error) = give_back(desk, *scope, &take.after, asked.key(), asked.attempt).await {
            tracing::warn!(error = %error, "a hold was not given back; it lapses");
        }
    }
}

async fn give_back<D: QuotaDesk>(
    desk: &D,
    scope: QuotaScope,
    after: &Counter,
    key: HoldKey,
    attempt: u32,
) -> Result<()> {
    write_planned(desk, scope, after.clone(), |counter| counter.release(key, Some(attempt))).await
}
