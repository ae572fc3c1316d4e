//! Token quotas: periods and their windows, what is limited by whom, and the arithmetic of counters.

mod caps;
mod limits;
mod period;
mod subject;
mod tokens;
mod window;

pub use caps::{Cap, Caps, Layers, Source};
pub use limits::{Defaults, Limits, TopUps, Versions};
pub use period::{ByPeriod, Period};
pub use subject::{ByKind, QuotaScope, ScopeKind, ScopeSet};
pub use tokens::Tokens;
pub use window::Window;
