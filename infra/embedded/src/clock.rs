//! The wall clock, and numbers that only rise, read in one place.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use jiff::Timestamp;

static LAST: AtomicU64 = AtomicU64::new(0);

/// Now. These parts stand in for machines that have a clock of their own, so time is not an argument here.
#[expect(clippy::disallowed_methods, reason = "a server's own clock, read only here")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// A number above every earlier one of this process, and above those of earlier runs unless the clock went back: nanoseconds
/// since 1970, pushed forward where two calls would meet.
pub(crate) fn tick() -> u64 {
    let nanos = u64::try_from(now().as_nanosecond()).unwrap_or(0);
    let rise = |last: u64| Some(nanos.max(last.saturating_add(1)));
    let last = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, rise).unwrap_or(0);
    nanos.max(last.saturating_add(1))
}

/// [`tick`] as 16 hexadecimal digits, which sort as text in the order they were given out.
pub(crate) fn fresh() -> String {
    format!("{:016X}", tick())
}

pub(crate) fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::try_from(at).unwrap_or(SystemTime::UNIX_EPOCH)
}
