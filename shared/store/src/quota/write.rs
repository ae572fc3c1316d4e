//! One write of one counter, tried again where that may help, and what a refusal shows.

use domain::quota::{Counter, CounterWrite, QuotaScope};
use domain::{Code, Error, Result};

use super::desk::{QuotaDesk, Unwritten};

/// A call that the database did not take, or did not answer, is tried so often in all.
const ATTEMPTS: u32 = 4;

/// How a write ended.
#[derive(Debug)]
pub(crate) enum Written {
    /// It took place.
    Yes,
    /// Its condition does not hold; this is what is there. It may still be its own doing, if an answer was lost before.
    Refused(Option<Counter>),
}

/// Writes; what may pass is tried again.
///
/// # Errors
/// The database did not say whether it was written.
pub(crate) async fn write<D: QuotaDesk>(desk: &D, scope: QuotaScope, write: &CounterWrite) -> Result<Written> {
    for attempt in 1.. {
        match desk.write(scope, write).await {
            Ok(()) => return Ok(Written::Yes),
            Err(Unwritten::Refused(there)) => return Ok(Written::Refused(there)),
            Err(Unwritten::Fault(error)) if !passes(&error) || attempt >= ATTEMPTS => return Err(error),
            Err(Unwritten::Fault(_)) => desk.pause(attempt).await,
        }
    }
    Ok(Written::Refused(None))
}

fn passes(error: &Error) -> bool {
    matches!(error.code(), Code::Conflict | Code::Unavailable)
}

/// Writes what `plan` says of the counter as it is, again and again until nothing is left to be written.
///
/// # Errors
/// As [`write`]; or the counter was changed by others each time.
pub(crate) async fn write_planned<D: QuotaDesk>(
    desk: &D,
    scope: QuotaScope,
    mut counter: Counter,
    plan: impl Fn(&Counter) -> Option<CounterWrite> + Send + Sync,
) -> Result<()> {
    for attempt in 1..=crate::core::ATTEMPTS {
        let Some(planned) = plan(&counter) else { return Ok(()) };
        match write(desk, scope, &planned).await? {
            Written::Yes | Written::Refused(None) => return Ok(()),
            Written::Refused(Some(there)) => counter = there,
        }
        if attempt > 1 {
            desk.pause(attempt).await;
        }
    }
    Err(Error::new(Code::Conflict, "the counter is being changed; try again").after_seconds(1))
}
