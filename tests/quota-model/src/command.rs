//! What callers ask for.

use domain::id::{ProjectId, ReservationId, UseCaseId, UserId};
use domain::quota::{Call, QuotaScope, ReleaseQuota, ScopeSet, SettleQuota, Settled, Tokens, Usage, UsageSource};
use domain::{Error, Timestamp};
use store::quota::{Outcome, QuotaDesk, Try, push, release, reserve, settle};

use crate::Memory;
use crate::memory::Purpose;

/// One command of one caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Reserve a call.
    Reserve(Call),
    /// Settle it with so many tokens.
    Settle(Call, u64),
    /// Release it.
    Release(Call),
    /// Bring the counter of a scope to its limits.
    Push(QuotaScope),
}

/// What came of it.
#[derive(Debug)]
pub enum Done {
    /// The outcome of a reservation.
    Reserved(Outcome),
    /// It is settled.
    Settled(Settled),
    /// It is released, or pushed.
    Nothing,
}

impl Command {
    /// Which call it is about.
    #[must_use]
    pub fn call(&self) -> Option<Call> {
        match self {
            Self::Reserve(call) | Self::Settle(call, _) | Self::Release(call) => Some(*call),
            Self::Push(_) => None,
        }
    }

    pub(crate) async fn run(self, memory: Memory, first: u32, now: Timestamp) -> Result<Done, Error> {
        match self {
            Self::Reserve(call) => {
                let desk = memory.to(Purpose::Reserve(call.id));
                let state = desk.read(call.id, &call.set).await?;
                Ok(Done::Reserved(reserve(&desk, state, Try { call, first, now }).await?))
            }
            Self::Settle(call, used) => {
                let desk = memory.to(Purpose::Settle(call.id));
                let state = desk.read(call.id, &call.set).await?;
                let settlement = SettleQuota { id: call.id, set: call.set, usage: usage(used), charged: None };
                Ok(Done::Settled(settle(&desk, state, &settlement, first, now).await?))
            }
            Self::Release(call) => {
                let desk = memory.to(Purpose::Release(call.id));
                let state = desk.read(call.id, &call.set).await?;
                release(&desk, state, &ReleaseQuota { id: call.id, set: call.set }).await?;
                Ok(Done::Nothing)
            }
            Self::Push(scope) => {
                let desk = memory.to(Purpose::Push);
                let state = desk.stored().state(std::iter::once(scope), None);
                push(&desk, &state, now).await?;
                Ok(Done::Nothing)
            }
        }
    }
}

fn usage(used: u64) -> Usage {
    let tokens = |count| Tokens::try_from(count).unwrap();
    let (prompt, completion) = (tokens(used / 2), tokens(used - used / 2));
    Usage { prompt, completion, source: UsageSource::Provider, model: None, provider: None, cost_micro_usd: 0 }
}

/// A call in one of a few projects, use cases and people.
pub(crate) fn call(number: u64, made: Timestamp, [project, use_case, user]: [usize; 3], amount: u64) -> Call {
    let small = |number: usize| u128::try_from(number).unwrap();
    let set = ScopeSet {
        project: ProjectId::from_parts(1, small(project)),
        use_case: (use_case > 0).then(|| UseCaseId::from_parts(1, small(10 * project + use_case))),
        user: (user > 0).then(|| UserId::from_parts(1, small(user))),
    };
    let id = ReservationId::from_parts(made.millis(), u128::from(number));
    Call { id, set, amount: Tokens::try_from(amount).unwrap() }
}
