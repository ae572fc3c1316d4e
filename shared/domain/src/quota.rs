//! Token quotas: periods and their windows, what is limited by whom, and the arithmetic of counters.
//!
//! Nothing here waits, reads a clock or asks a database: a check is planned from what was read, as conditional writes
//! whose meaning is [`CounterWrite::apply`].

mod caps;
mod counter;
mod counter_write;
mod ending;
mod hold;
mod lease;
mod limits;
mod period;
mod plan;
mod reservation;
mod shortage;
mod subject;
mod taking;
mod tokens;
mod window;

pub use caps::{Cap, Caps, Layers, Source};
pub use counter::{Counter, Entry, LAPSED_AT_ONCE, Standing};
pub use counter_write::{CounterChange, CounterWrite, Refused, Step};
pub use ending::Belated;
pub use hold::{HOLD, Hold, HoldKey};
pub use lease::{Block, LEASE, LINES_MAX, LeaseLine, ReturnLease, TakeLease};
pub use limits::{Defaults, Limits, TopUps, Versions};
pub use period::{ByPeriod, Period};
pub use plan::{Pace, Plan};
pub use reservation::{
    CALLS_MAX, Call, ReleaseQuota, ReserveQuota, Reserved, SettleQuota, Settled, Usage, UsageSource,
};
pub use shortage::Shortage;
pub use subject::{ByKind, QuotaScope, ScopeKind, ScopeSet};
pub use taking::{Asked, Ground, Room, Take, Taking};
pub use tokens::Tokens;
pub use window::Window;
