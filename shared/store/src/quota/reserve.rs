//! One reservation, from what was read to its holds.

use std::collections::BTreeMap;

use domain::quota::{
    Asked, Call, CounterWrite, Hold, Pace, Part, Place, Plan, QuotaScope, Reserved, Room, Settled, Shortage, Take,
    Taking,
};
use domain::{Code, Error, Result, Timestamp};
use futures::future::join_all;

use super::desk::{CallState, Open, QuotaDesk};
use super::undo::undo;
use super::write::{STEPS, seen_of, write_parts};
use crate::core::ATTEMPTS;

/// So often a reservation is planned anew, when others were faster or are about to undo what they took.
const ROUNDS: u32 = 8;
/// So many of these rounds wait for what others may undo.
const PATIENCE: u32 = 3;

/// One try of one caller.
#[derive(Clone, Copy, Debug)]
pub struct Try {
    /// What is asked for.
    pub call: Call,
    /// A random number; the tries that follow count on from it.
    pub first: u32,
    /// When.
    pub now: Timestamp,
}

impl Try {
    fn asked(&self, round: u32) -> Asked {
        let Call { id, set, amount } = self.call;
        Asked { id, set, amount, attempt: self.first.wrapping_add(round) }
    }
}

/// What came of a reservation.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It holds.
    Reserved {
        /// The reservation.
        reserved: Reserved,
        /// Whether it did not hold before.
        new: bool,
        /// What the tightest window of all has left, as far as was seen; none where nothing is limited.
        room: Option<Room>,
    },
    /// It was settled before.
    Ended(Settled),
    /// A limit leaves no room.
    Refused(Shortage),
}

/// Takes the hold in every scope that is limited, or in none.
///
/// # Errors
/// [`Code::ReservationReused`]; [`Code::Conflict`] where others were faster each time; what the database said.
pub async fn reserve<D: QuotaDesk>(desk: &D, mut state: CallState, wanted: Try) -> Result<Outcome> {
    for round in 0..ROUNDS {
        let asked = wanted.asked(round);
        if let Some(outcome) = before(&state, &asked)? {
            return Ok(outcome);
        }
        match prepared(desk, &mut state, &asked, wanted.now).await? {
            Plan::Reused => return Err(reused()),
            Plan::Open => return open(desk, &asked, wanted).await,
            Plan::Held(holds) => return Ok(found(&state, wanted, &holds)),
            Plan::Refuse(short) if round >= PATIENCE || !waits(&state, &asked, &short, wanted.now) => {
                return Ok(Outcome::Refused(short));
            }
            Plan::Refuse(_) | Plan::Behind | Plan::Prepare(_) | Plan::Look(_) => {}
            Plan::Take(takes, pace) => {
                if take_all(desk, &state, &asked, &takes, pace, wanted.now).await? {
                    return Ok(taken(wanted.call, &takes));
                }
            }
        }
        desk.pause(round + 1).await;
        state = desk.read(wanted.call.id, &wanted.call.set).await?;
    }
    Err(Error::new(Code::Conflict, "many calls are reserved at this moment; try again").after_seconds(1))
}

/// What is to be done once everything was read and written that has to be before: lapsed holds that make room, and tokens
/// that move between counters and their branches.
async fn prepared<D: QuotaDesk>(desk: &D, state: &mut CallState, asked: &Asked, now: Timestamp) -> Result<Plan> {
    let mut plan = Plan::of(asked, &state.grounds(), now);
    for _ in 0..STEPS {
        match plan {
            Plan::Look(scopes) => {
                for scope in scopes {
                    let branches = desk.look(scope).await?;
                    state.scope_mut(scope).into_iter().for_each(|seen| seen.branches.clone_from(&branches));
                }
            }
            Plan::Prepare(writes) => {
                for (scope, writes) in by_scope(writes) {
                    if let Some(seen) = state.scope_mut(scope) {
                        write_parts(desk, seen, &writes).await?;
                    }
                }
            }
            Plan::Open | Plan::Held(_) | Plan::Take(..) | Plan::Refuse(_) | Plan::Behind | Plan::Reused => {
                return Ok(plan);
            }
        }
        plan = Plan::of(asked, &state.grounds(), now);
    }
    Ok(plan)
}

fn by_scope(writes: Vec<(Place, CounterWrite)>) -> BTreeMap<QuotaScope, Vec<(Part, CounterWrite)>> {
    let mut sorted: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (Place { scope, part }, write) in writes {
        sorted.entry(scope).or_default().push((part, write));
    }
    sorted
}

/// What an earlier request with the same id has come to.
fn before(state: &CallState, asked: &Asked) -> Result<Option<Outcome>> {
    if let Some(settled) = &state.settled {
        return if settled.set == asked.set { Ok(Some(Outcome::Ended(settled.clone()))) } else { Err(reused()) };
    }
    state.open.map(|open| opened(asked, open)).transpose()
}

fn opened(asked: &Asked, open: Open) -> Result<Outcome> {
    let Open { set, amount, reserved_at, lapses_at } = open;
    let call = Call { id: asked.id, set, amount };
    let is_same = set == asked.set && amount == asked.amount;
    let reserved = Reserved { call, reserved_at, lapses_at };
    is_same.then_some(Outcome::Reserved { reserved, new: false, room: None }).ok_or_else(reused)
}

/// Somebody else's hold that is a moment old may be about to be undone: that is waited for, a few times, rather than
/// refusing the last room to everybody.
fn waits(state: &CallState, asked: &Asked, short: &Shortage, now: Timestamp) -> bool {
    state.scope(short.scope).is_some_and(|scope| state.ground(scope).may_have_room_soon(asked, now))
}

async fn open<D: QuotaDesk>(desk: &D, asked: &Asked, wanted: Try) -> Result<Outcome> {
    let hold = asked.hold(wanted.now);
    let new = Open { set: asked.set, amount: asked.amount, reserved_at: hold.reserved_at, lapses_at: hold.lapses_at };
    match desk.put_open(asked.id, &new).await? {
        Some(there) => opened(asked, there),
        None => {
            let (reserved_at, lapses_at) = (hold.reserved_at, hold.lapses_at);
            let reserved = Reserved { call: wanted.call, reserved_at, lapses_at };
            Ok(Outcome::Reserved { reserved, new: true, room: None })
        }
    }
}

/// What became of one scope.
struct Taken {
    scope: QuotaScope,
    /// What was written last.
    last: Take,
    /// Whether it holds for this try.
    holds: Result<bool>,
}

impl Taken {
    /// Whether the hold is this try's own, or may be where no answer came: not one of an earlier try that was taken over.
    fn is_own(&self) -> bool {
        !self.last.claims && *self.holds.as_ref().unwrap_or(&true)
    }
}

/// True once every scope holds; else nothing of this try stays.
async fn take_all<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    asked: &Asked,
    takes: &[(QuotaScope, Box<Take>)],
    pace: Pace,
    now: Timestamp,
) -> Result<bool> {
    let mut done: Vec<Taken> = vec![];
    match pace {
        Pace::Together => {
            done = join_all(takes.iter().map(async |one| take(desk, state, asked, one, now).await)).await;
        }
        Pace::InTurn => {
            for one in takes {
                done.push(take(desk, state, asked, one, now).await);
                if !matches!(done.last(), Some(Taken { holds: Ok(true), .. })) {
                    break;
                }
            }
        }
    }
    if done.len() < takes.len() || done.iter().any(|taken| matches!(taken.holds, Ok(false))) {
        let own: Vec<_> = done.iter().filter(|taken| taken.is_own()).map(|taken| (taken.scope, &taken.last)).collect();
        undo(desk, state, (asked, now), &own).await;
    }
    // Where all were tried and one did not answer, all may hold: somebody may have seen that, so nothing is undone.
    let held = done.len() == takes.len();
    done.into_iter().try_fold(held, |held, taken| Ok(held && taken.holds?))
}

/// Takes one hold; where the counter is another one than was read, what is there decides.
async fn take<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    asked: &Asked,
    (scope, planned): &(QuotaScope, Box<Take>),
    now: Timestamp,
) -> Taken {
    let mut last = Take::clone(planned);
    let holds = take_as_found(desk, state, asked, *scope, &mut last, now).await;
    Taken { scope: *scope, last, holds }
}

/// `last` is what is written, and is afterwards what was written last.
async fn take_as_found<D: QuotaDesk>(
    desk: &D,
    state: &CallState,
    asked: &Asked,
    scope: QuotaScope,
    last: &mut Take,
    now: Timestamp,
) -> Result<bool> {
    let mut seen = seen_of(state, scope)?;
    for _ in 0..ATTEMPTS {
        if write_parts(desk, &mut seen, &[(last.part, last.write.clone())]).await? {
            return Ok(true);
        }
        match state.ground(&seen).take(asked, true, now) {
            // An answer was lost, the write was not.
            Taking::Held(_) => return Ok(true),
            Taking::Take(again) => *last = *again,
            Taking::Unbound | Taking::Prepare(_) | Taking::Look | Taking::Full(_) | Taking::Behind | Taking::Reused => {
                return Ok(false);
            }
        }
    }
    Ok(false)
}

fn taken(call: Call, takes: &[(QuotaScope, Box<Take>)]) -> Outcome {
    let holds: Vec<_> = takes.iter().map(|(scope, take)| (*scope, take.hold)).collect();
    let room = takes.iter().map(|(_, take)| take.room).min();
    Outcome::Reserved { reserved: held(call, &holds), new: true, room }
}

fn found(state: &CallState, Try { call, now, .. }: Try, holds: &[(QuotaScope, Hold)]) -> Outcome {
    let room = state.grounds().iter().filter_map(|ground| ground.room(now)).min();
    Outcome::Reserved { reserved: held(call, holds), new: false, room }
}

/// It lapses when the first of its holds does.
fn held(call: Call, holds: &[(QuotaScope, Hold)]) -> Reserved {
    let first = holds.iter().map(|(_, hold)| *hold).min_by_key(|hold| hold.lapses_at);
    let (reserved_at, lapses_at) =
        first.map_or((call.id.made_at(), call.id.made_at()), |hold| (hold.reserved_at, hold.lapses_at));
    Reserved { call, reserved_at, lapses_at }
}

pub(crate) fn reused() -> Error {
    Error::new(Code::ReservationReused, "the reservation's id stands for another call")
}
