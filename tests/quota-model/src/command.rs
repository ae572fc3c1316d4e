//! What callers ask for.

use domain::id::{ProjectId, ReservationId, UseCaseId, UserId};
use domain::quota::{
    Call, LeaseLine, QuotaScope, ReleaseQuota, ReturnLease, ScopeSet, SettleQuota, Settled, TakeLease, Tokens, Usage,
    UsageSource,
};
use domain::{Error, Timestamp};
use store::quota::{Outcome, QuotaDesk, Try, push, release, reserve, return_lease, settle, take_lease, tidy};

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
    /// Take a lease.
    Lease(Call),
    /// Return it, with one line of so many tokens.
    Return(Call, u64),
    /// Bring the counter of a scope to its limits.
    Push(QuotaScope),
    /// Keep the counter of a scope in order.
    Tidy(QuotaScope),
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
            Self::Reserve(call) | Self::Lease(call) | Self::Release(call) => Some(*call),
            Self::Settle(call, _) | Self::Return(call, _) => Some(*call),
            Self::Push(_) | Self::Tidy(_) => None,
        }
    }

    /// Whether it ends what a call holds.
    #[must_use]
    pub fn ends(&self) -> bool {
        matches!(self, Self::Settle(..) | Self::Return(..) | Self::Release(_))
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
                release(&desk, state, &ReleaseQuota { id: call.id, set: call.set }, now).await?;
                Ok(Done::Nothing)
            }
            Self::Lease(call) => {
                let desk = memory.to(Purpose::Reserve(call.id));
                let state = desk.read(call.id, &call.set).await?;
                let asked = TakeLease { wanted: call, at_least: Tokens::try_from(1).unwrap() };
                Ok(Done::Reserved(take_lease(&desk, state, &asked, first, now).await?))
            }
            Self::Return(call, used) => {
                let desk = memory.to(Purpose::Settle(call.id));
                let state = desk.read(call.id, &call.set).await?;
                let line = LeaseLine { id: line_of(call.id), usage: usage(used) };
                let asked = ReturnLease { id: call.id, set: call.set, lines: vec![line] };
                Ok(Done::Settled(return_lease(&desk, state, &asked, first, now).await?))
            }
            Self::Push(scope) => {
                let desk = memory.to(Purpose::Push);
                // Whoever finds that it is not done reads again.
                loop {
                    let state = desk.stored().state(std::iter::once(scope), None);
                    if push(&desk, &state, now).await? {
                        return Ok(Done::Nothing);
                    }
                    desk.pause(1).await;
                }
            }
            Self::Tidy(scope) => {
                let desk = memory.to(Purpose::Push);
                let state = desk.stored().state(std::iter::once(scope), None);
                tidy(&desk, &state, now).await?;
                Ok(Done::Nothing)
            }
        }
    }
}

/// The line of a lease's return.
fn line_of(lease: ReservationId) -> ReservationId {
    ReservationId::from_parts(lease.made_at().millis(), !lease.ulid().random())
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
