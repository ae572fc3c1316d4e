//! What a try has taken goes back, when it is refused in another scope.

use domain::quota::{Asked, QuotaScope, Take};
use domain::{Result, Timestamp};

use super::desk::{CallState, QuotaDesk};
use super::write::{follow, seen_of};

/// Gives back in the opposite order, so that the scope that decides is the last to show room. Only the holds of this try:
/// those of a later one stay. What cannot be given back now lapses.
pub(crate) async fn undo<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    (asked, now): (&Asked, Timestamp),
    taken: &[(QuotaScope, &Take)],
) {
    for (scope, take) in taken.iter().rev() {
        if let Err(error) = give_back(desk, state, (asked, now), (*scope, take)).await {
            tracing::warn!(error = %error, "a hold was not given back; it lapses");
        }
    }
}

async fn give_back<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    (asked, now): (&Asked, Timestamp),
    (scope, take): (QuotaScope, &Take),
) -> Result<()> {
    let mut seen = seen_of(state, scope)?;
    seen.see(take.part, Some(take.after.clone()));
    follow(desk, state, &mut seen, |ground| ground.release(asked.key(), Some(asked.attempt), now)).await.map(drop)
}
