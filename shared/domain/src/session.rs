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
    fn a_session_of_an_earlier_epoch_is_over() {
        assert!(!session(0, 0).is_live(Timestamp::from_millis(1), 4));
    }
}
