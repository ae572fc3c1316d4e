//! Token quotas: periods and their windows, what is limited by whom, and the arithmetic of counters.
//!
//! Nothing here waits, reads a clock or asks a database: a check is planned from what was read, as conditional writes
//! whose meaning is [`CounterWrite::apply`].

mod alert;
mod branch;
mod caps;
mod counter;
mod counter_write;
mod drift;
mod ending;
mod hold;
mod lease;
mod limit_commands;
mod limits;
mod object;
mod parts;
mod period;
mod plan;
mod reason;
mod request;
mod request_state;
mod reservation;
mod rollup;
mod shortage;
mod spending;
mod standing;
mod statement;
mod subject;
mod sweep;
mod take;
mod taking;
mod tokens;
mod top_up;
mod usage;
mod window;

pub use alert::{Alert, Threshold, Watched};
pub use branch::{BRANCHES, Branch, Branching, Flow, Flows, Part, Phase, Place, Stage};
pub use caps::{Cap, Caps, Layers, Source};
pub use counter::{Counter, Entry, LAPSED_AT_ONCE, Standing};
pub use counter_write::{CounterChange, CounterWrite, FlowsChange, Guard, Refused, Step};
pub use drift::{Charged, Ledgered, Reading};
pub use hold::{HOLD, Hold, HoldKey};
pub use lease::{Block, LEASE, LINES_MAX, LeaseLine, ReturnLease, TakeLease};
pub use limit_commands::{
    DefaultsHome, DefaultsPatch, EditQuotaDefaults, ListLimits, NewLimits, PeriodPatch, ReadLimits, ReadQuotaDefaults,
    SetLimits,
};
pub use limits::{Defaults, Limits, TopUps, Versions};
pub use object::{Limiting, ScopeObject};
pub use parts::Next;
pub use period::{ByPeriod, Period};
pub use plan::{Pace, Plan};
pub use reason::{KeptReason, Reason};
pub use request::{
    AskForMore, CancelRequest, DecideRequest, Decision, QuotaRequest, REQUEST_LIFETIME, ReadQuotaRequests, Requester,
    expired_since,
};
pub use request_state::{Allowance, RequestStanding, RequestState};
pub use reservation::{
    CALLS_MAX, Call, ReleaseQuota, ReserveQuota, Reserved, SettleQuota, Settled, Usage, UsageSource,
};
pub use rollup::{DayUse, ROWS_AT_ONCE, Rows, Slice, TooMany};
pub use shortage::Shortage;
pub use spending::{Spent, SpentOn, Split};
pub use standing::{Bound, InProject, PeriodStanding, ReadOwnStandings, ReadStandings};
pub use statement::{DayLine, ReadStatements, Statement, StatementLine, StatementRow, largest};
pub use subject::{ByKind, QuotaScope, ScopeKind, ScopeSet};
pub use sweep::{Closing, Pass, ResetQuotas, SweepQuotas};
pub use taking::{Asked, Ground, Room, Take, Taking};
pub use tokens::Tokens;
pub use top_up::{GiveTopUp, OpenTopUp, ReadTopUps, RevokeTopUp, Revoked, TopUp, some};
pub use usage::{ReadUsage, USAGE_DAYS_MAX};
pub use window::Window;

#[cfg(test)]
#[path = "quota/midnight_tests.rs"]
mod midnight_tests;
