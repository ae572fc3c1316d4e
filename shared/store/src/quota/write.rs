//! Writes of counters, tried again where that may help, and what a refusal shows.

use domain::quota::{Counter, CounterWrite, Ground, Next, Part, Place, QuotaScope};
use domain::{Code, Error, Result};
use futures::future::join_all;

use super::desk::{CallState, QuotaDesk, ScopeState, Unwritten};

/// A call that the database did not take, or did not answer, is tried so often in all.
const ATTEMPTS: u32 = 4;
/// So many steps lead from any state of a counter to what is meant, others' writes in between included. Joining takes five.
pub(crate) const STEPS: u32 = 16;

/// How a write ended.
#[derive(Debug)]
pub(crate) enum Written {
    /// It took place.
    Yes,
    /// Its condition does not hold; this is what is there. It may still be its own doing, if an answer was lost before.
    Refused(Box<Option<Counter>>),
}

/// Writes; what may pass is tried again.
///
/// # Errors
/// The database did not say whether it was written.
pub(crate) async fn write<D: QuotaDesk>(desk: &D, place: Place, write: &CounterWrite) -> Result<Written> {
    for attempt in 1.. {
        match desk.write(place, write).await {
            Ok(()) => return Ok(Written::Yes),
            Err(Unwritten::Refused(there)) => return Ok(Written::Refused(Box::new(there))),
            Err(Unwritten::Fault(error)) if !passes(&error) || attempt >= ATTEMPTS => return Err(error),
            Err(Unwritten::Fault(_)) => desk.pause(attempt).await,
        }
    }
    Ok(Written::Refused(Box::default()))
}

fn passes(error: &Error) -> bool {
    matches!(error.code(), Code::Conflict | Code::Unavailable)
}

/// Writes these parts of a counter at once and sees what is there then. True where all were written.
///
/// # Errors
/// As [`write`].
pub(crate) async fn write_parts<D: QuotaDesk>(
    desk: &D,
    seen: &mut ScopeState,
    writes: &[(Part, CounterWrite)],
) -> Result<bool> {
    let scope = seen.scope;
    let written =
        join_all(writes.iter().map(async |(part, planned)| write(desk, Place { scope, part: *part }, planned).await));
    let mut is_all = true;
    for ((part, planned), written) in writes.iter().zip(written.await) {
        match written? {
            Written::Yes => seen.see(*part, planned.apply(seen.part(*part)).ok()),
            Written::Refused(there) => {
                seen.see(*part, *there);
                is_all = false;
            }
        }
    }
    Ok(is_all)
}

/// Reads what is missing and writes what `plan` says of a scope as it is, again and again until nothing is left to be done.
/// False where newer limits are known there than were read.
///
/// # Errors
/// As [`write`]; or the counter was changed by others each time.
pub(crate) async fn follow<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    seen: &mut ScopeState,
    plan: impl Fn(&Ground<'_>) -> Next + Send + Sync,
) -> Result<bool> {
    for step in 1..=STEPS {
        let next = plan(&state.ground(seen));
        match next {
            Next::Done => return Ok(true),
            Next::Behind => return Ok(false),
            Next::Look => seen.branches = desk.look(seen.scope).await?,
            Next::Write(writes) => {
                if !write_parts(desk, seen, &writes).await? {
                    desk.pause(step).await;
                }
            }
        }
    }
    Err(busy())
}

pub(crate) fn busy() -> Error {
    Error::new(Code::Conflict, "the counter is being changed; try again").after_seconds(1)
}

/// Follows a plan in every scope in which it has something to do. False where newer limits are known somewhere than were read.
///
/// # Errors
/// As [`follow`], of the first that fails; the others were followed all the same.
pub(crate) async fn follow_all<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    plan: impl Fn(&Ground<'_>) -> Next + Send + Sync,
) -> Result<bool> {
    let plan = &plan;
    let each = state.scopes.iter().filter(|seen| !matches!(plan(&state.ground(seen)), Next::Done));
    let each = each.map(async |seen| follow(desk, state, &mut seen.clone(), plan).await);
    join_all(each).await.into_iter().try_fold(true, |all, followed| Ok(all & followed?))
}

/// The scope of a call as it was read.
///
/// # Errors
/// It is none of the call's.
pub(crate) fn seen_of(state: &CallState, scope: QuotaScope) -> Result<ScopeState> {
    state.scope(scope).cloned().ok_or_else(|| Error::internal("a scope that was not read"))
}
