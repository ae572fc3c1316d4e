//! Sessions: what a sign-in leaves, and what a request shows.

use std::time::Duration;

use crate::id::{SessionId, UserId};
use crate::{Action, Code, Command, Error, SelfScope, Timestamp};

/// A session ends after that time without a request.
pub const IDLE: Duration = Duration::from_secs(12 * 3600);
/// A session ends after that time whatever happens.
pub const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// The last use is written at most that often.
pub const TOUCH: Duration = Duration::from_secs(5 * 60);
/// Failures count together that lie less than this apart, wherever that span begins.
pub const FAILURE_WINDOW: Duration = Duration::from_secs(15 * 60);
/// So many failures of an account and address within the window, and it has to wait.
pub const FAILURES_MAX: usize = 10;

/// What the window leaves of [`FAILURES_MAX`] attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// So many more may fail now.
    pub left: usize,
    /// When the oldest that counts is over; nothing if none counts.
    pub resets_in: Duration,
}

impl Allowance {
    /// Nothing was tried yet, or a success forgave it.
    pub const WHOLE: Self = Self { left: FAILURES_MAX, resets_in: Duration::ZERO };

    /// What is left at `now` with attempts that began at these times.
    #[must_use]
    pub fn after(attempts: &[Timestamp], now: Timestamp) -> Self {
        let ends = attempts.iter().map(|began| began.plus(FAILURE_WINDOW)).filter(|end| *end > now);
        let counting: Vec<Timestamp> = ends.collect();
        let first = counting.iter().min().map_or(now, |end| *end);
        let resets_in = Duration::from_millis(first.millis().saturating_sub(now.millis()));
        Self { left: FAILURES_MAX.saturating_sub(counting.len()), resets_in }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Since when.
    pub created_at: Timestamp,
    /// Its last request, to within five minutes.
    pub last_used_at: Timestamp,
    /// From where it was begun.
    pub address: Option<String>,
    /// With what it was begun.
    pub user_agent: Option<String>,
    /// Over once the user's epoch is a later one.
    pub epoch: u64,
}

impl Session {
    /// When it ends if nothing more happens.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus(LIFETIME).min(self.last_used_at.plus(IDLE))
    }

    /// Whether it still holds at `now`, for a user of that epoch.
    #[must_use]
    pub fn is_live(&self, now: Timestamp, user_epoch: u64) -> bool {
        now < self.expires_at() && self.epoch >= user_epoch
    }
}

/// The one answer to every refused sign-in: why it was refused is for the audit log alone.
#[must_use]
pub fn refused() -> Error {
    Error::new(Code::SignInRefused, "e-mail or password is wrong, or the account has to wait")
}

/// `GET /v1/sessions`
#[derive(Clone, Copy, Debug)]
pub struct ListSessions;

impl Command for ListSessions {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `DELETE /v1/sessions/{id|current}`
#[derive(Clone, Copy, Debug)]
pub struct RevokeSession {
    /// Which.
    pub session: SessionId,
}

impl Command for RevokeSession {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ChangeOwnPassword
    }
}

/// `DELETE /v1/sessions/others`
#[derive(Clone, Copy, Debug)]
pub struct RevokeOtherSessions {
    /// The one that stays.
    pub current: SessionId,
}

impl Command for RevokeOtherSessions {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `POST /v1/me/password`; the new hash is made before the transaction.
#[derive(Clone, Copy, Debug)]
pub struct ChangePassword {
    /// The session that stays.
    pub current: SessionId,
}

impl Command for ChangePassword {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ChangeOwnPassword
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(created: u64, used: u64) -> Session {
        let hour = |n: u64| Timestamp::from_millis(n * 3_600_000);
        Session {
            id: SessionId::from_parts(0, 0),
            user: UserId::from_parts(0, 0),
            created_at: hour(created),
            last_used_at: hour(used),
            address: None,
            user_agent: None,
            epoch: 3,
        }
    }

    #[test]
    fn a_session_ends_after_twelve_idle_hours_and_after_seven_days() {
        let hour = |n: u64| Timestamp::from_millis(n * 3_600_000);
        assert!(session(0, 5).is_live(hour(16), 3) && !session(0, 5).is_live(hour(17), 3));
        assert!(session(0, 160).is_live(hour(167), 3) && !session(0, 160).is_live(hour(168), 3));
    }

    #[test]
    fn an_attempt_counts_for_fifteen_minutes_and_the_oldest_says_when_there_is_more() {
        let minute = |n: u64| Timestamp::from_millis(n * 60_000);
        let left = |at, left, minutes: u64| {
            let allowance = Allowance { left, resets_in: Duration::from_secs(minutes * 60) };
            assert_eq!(Allowance::after(&[minute(10), minute(12)], minute(at)), allowance, "at {at}");
        };
        left(12, 8, 13);
        left(24, 8, 1);
        left(25, 9, 2);
        left(27, 10, 0);
        assert_eq!(Allowance::after(&[], minute(1)), Allowance::WHOLE);
        assert_eq!(Allowance::after(&[minute(1); 11], minute(1)).left, 0);
    }

    #[test]
    fn a_session_of_an_earlier_epoch_is_over() {
        assert!(!session(0, 0).is_live(Timestamp::from_millis(1), 4));
    }
}
