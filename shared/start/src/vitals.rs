//! The clock and randomness: the one place of the deployed product that reads them.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::Timestamp;

/// The instant of now. A clock before 1970 is 1970.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge of the process: everything inside takes time as an argument")]
pub fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Time since the first call, never going back.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge of the process: everything inside takes time as an argument")]
pub fn monotonic() -> Duration {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

/// 32 unpredictable bytes of the operating system.
///
/// Without them nothing safe can be made, so the process ends and the platform starts another.
#[must_use]
pub fn random() -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::error!("the operating system gives no random bytes");
        std::process::abort();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{clock, monotonic, random};

    #[test]
    fn two_draws_differ_and_time_does_not_go_back() {
        assert_ne!(random(), random());
        assert!(clock().millis() > 1_700_000_000_000);
        let first = monotonic();
        assert!(monotonic() >= first);
    }
}
