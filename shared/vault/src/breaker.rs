//! A breaker: after some failures in a row nobody waits for Vault for a while.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Failures in a row that open it.
const FAILURES_MAX: u32 = 5;

/// How long it stays open, and after that the time between two probes.
const PAUSE: Duration = Duration::from_secs(5);

/// Counts failures; the time is given.
#[derive(Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    opened: Option<Duration>,
}

impl Breaker {
    /// Whether a call may go out. Open and after the pause it lets one through, which then decides.
    pub(crate) fn permits(&self, now: Duration) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.opened {
            None => true,
            Some(opened) if now.saturating_sub(opened) < PAUSE => false,
            Some(_) => {
                // The next probe is due one pause from now, even if this one is never heard of again.
                state.opened = Some(now);
                true
            }
        }
    }

    /// Vault answered, whatever it was.
    pub(crate) fn answered(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// Vault did not answer.
    pub(crate) fn failed(&self, now: Duration) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES_MAX {
            state.opened = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Breaker;
    use std::time::Duration;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn opened_at(seconds: u64) -> Breaker {
        let breaker = Breaker::default();
        (0..5).for_each(|_| breaker.failed(at(seconds)));
        breaker
    }

    #[test]
    fn four_failures_leave_it_closed_and_the_fifth_opens_it() {
        let breaker = Breaker::default();
        (0..4).for_each(|_| breaker.failed(at(1)));
        assert!(breaker.permits(at(1)));
        breaker.failed(at(1));
        assert!(!breaker.permits(at(1)));
    }

    #[test]
    fn an_answer_in_between_starts_the_count_anew() {
        let breaker = Breaker::default();
        (0..4).for_each(|_| breaker.failed(at(1)));
        breaker.answered();
        (0..4).for_each(|_| breaker.failed(at(1)));
        assert!(breaker.permits(at(1)));
    }

    #[test]
    fn after_the_pause_one_call_probes_and_its_outcome_decides() {
        let breaker = opened_at(10);
        assert!(!breaker.permits(at(14)));
        assert!(breaker.permits(at(15)));
        assert!(!breaker.permits(at(15)), "a second one must wait for the first");
        breaker.failed(at(18));
        assert!(!breaker.permits(at(22)));
        assert!(breaker.permits(at(23)));
        breaker.answered();
        assert!(breaker.permits(at(23)) && breaker.permits(at(23)));
    }

    #[test]
    fn a_probe_that_is_never_heard_of_again_does_not_keep_it_open() {
        let breaker = opened_at(10);
        assert!(breaker.permits(at(15)));
        assert!(breaker.permits(at(20)));
    }
}
