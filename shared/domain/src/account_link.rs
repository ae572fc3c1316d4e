//! Links that an account's owner is mailed: what they are for, how often one is sent, how long it works, and which one works.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Code, Email, Error, Result, Timestamp};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Two links of one purpose are sent at least so far apart.
pub const LINK_PAUSE: Duration = Duration::from_secs(60);
/// So many links of one purpose are sent within any 24 hours.
pub const LINKS_A_DAY: usize = 5;

/// So many requests for links are taken from an address within any [`crate::session::FAILURE_WINDOW`].
pub const REQUESTS_MAX: usize = 60;

/// What a link of an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// It proves the e-mail.
    Verification,
    /// It sets a new password.
    PasswordReset,
    /// It proves the e-mail that is to take the present one's place.
    EmailChange,
}

impl LinkPurpose {
    /// How long a link works.
    #[must_use]
    pub fn validity(self) -> Duration {
        match self {
            Self::Verification | Self::EmailChange => DAY,
            Self::PasswordReset => Duration::from_secs(3600),
        }
    }
}

/// The links of one purpose that an account was sent. Only the latest works, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLinks {
    /// Which of them is the latest: 1, 2, …
    pub version: u64,
    /// When they were sent within the 24 hours before the latest, which is the last one.
    sent: Vec<Timestamp>,
    /// The account's session epoch when the latest was sent. Whatever ends sessions voids it, its own use too.
    epoch: u64,
}

/// No link is sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSoon {
    /// Why, as the audit log has it.
    pub why: &'static str,
    /// When one can be sent.
    pub after: Duration,
}

impl SentLinks {
    /// The first link, sent at `now` in that session epoch.
    #[must_use]
    pub fn first(epoch: u64, now: Timestamp) -> Self {
        Self { version: 1, sent: vec![now], epoch }
    }

    /// With one link more, sent at `now` in that session epoch; every earlier one is dead.
    ///
    /// # Errors
    /// The last one was sent within [`LINK_PAUSE`], or [`LINKS_A_DAY`] were within a day.
    pub fn next(before: Option<&Self>, epoch: u64, now: Timestamp) -> Result<Self, TooSoon> {
        let Some(Self { version, sent, .. }) = before else { return Ok(Self::first(epoch, now)) };
        let wait = |from: Timestamp, time: Duration| {
            Duration::from_millis(from.plus(time).millis().saturating_sub(now.millis()))
        };
        let mut counted: Vec<Timestamp> = sent.iter().copied().filter(|at| !wait(*at, DAY).is_zero()).collect();
        match (counted.first(), sent.last().map(|last| wait(*last, LINK_PAUSE))) {
            (Some(first), _) if counted.len() >= LINKS_A_DAY => {
                Err(TooSoon { why: "too-many-links", after: wait(*first, DAY) })
            }
            (_, Some(after)) if !after.is_zero() => Err(TooSoon { why: "too-soon", after }),
            _ => {
                counted.push(now);
                Ok(Self { version: version + 1, sent: counted, epoch })
            }
        }
    }

    /// Whether the link of that version works at `now`, while the account is in that session epoch. What proves no more
    /// than an e-mail does not depend on that.
    ///
    /// # Errors
    /// [`Code::LinkUnknown`] for one that was never sent, [`Code::LinkSuperseded`] where a newer one was,
    /// [`Code::LinkUsed`], [`Code::LinkExpired`].
    pub fn check(sent: Option<&Self>, version: u64, purpose: LinkPurpose, epoch: u64, now: Timestamp) -> Result<()> {
        let Some(Self { version: latest, sent, epoch: sent_in }) = sent else { return Err(unknown()) };
        let is_void = purpose != LinkPurpose::Verification && *sent_in != epoch;
        let ends = sent.last().map_or(now, |at| at.plus(purpose.validity()));
        match version.cmp(latest) {
            std::cmp::Ordering::Greater => Err(unknown()),
            std::cmp::Ordering::Less => {
                Err(Error::new(Code::LinkSuperseded, "a newer link was sent; this one is dead"))
            }
            std::cmp::Ordering::Equal if is_void => Err(Error::new(Code::LinkUsed, "the link was used or is void")),
            std::cmp::Ordering::Equal if ends <= now => {
                Err(Error::new(Code::LinkExpired, "the link is too old; ask for a new one"))
            }
            std::cmp::Ordering::Equal => Ok(()),
        }
    }
}

/// The one answer to whatever is no link of this system, or one for something else.
#[must_use]
pub fn unknown() -> Error {
    Error::new(Code::LinkUnknown, "is no link of ours, or was cut on its way").at("/token")
}

/// A wish for another e-mail that is not proved yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChange {
    /// The one that is wanted.
    pub email: Email,
    /// The links that were sent to it, and to those that were wanted before.
    pub links: SentLinks,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(n: u64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + n * 60_000)
    }

    fn code(sent: &SentLinks, version: u64, epoch: u64, at: Timestamp) -> Option<Code> {
        SentLinks::check(Some(sent), version, LinkPurpose::PasswordReset, epoch, at).err().map(|why| why.code())
    }

    #[test]
    fn a_link_a_minute_is_sent_and_five_within_a_day() {
        let mut sent = SentLinks::next(None, 0, minute(0)).unwrap();
        let early = minute(1).minus(Duration::from_millis(1));
        let refused = SentLinks::next(Some(&sent), 0, early).unwrap_err();
        assert_eq!((refused.why, refused.after), ("too-soon", Duration::from_millis(1)));
        for n in 1..5 {
            sent = SentLinks::next(Some(&sent), 0, minute(n)).unwrap();
        }
        let refused = SentLinks::next(Some(&sent), 0, minute(5)).unwrap_err();
        assert_eq!((refused.why, refused.after), ("too-many-links", Duration::from_secs(1435 * 60)));
        assert!(SentLinks::next(Some(&sent), 0, minute(1439)).is_err());
        let sixth = SentLinks::next(Some(&sent), 0, minute(1440)).unwrap();
        assert_eq!((sixth.version, SentLinks::next(Some(&sixth), 0, minute(1441)).unwrap().version), (6, 7));
    }

    #[test]
    fn only_the_latest_link_works_in_its_time_and_until_sessions_end() {
        let first = SentLinks::first(7, minute(0));
        assert_eq!(code(&first, 1, 7, minute(0)), None);
        assert_eq!(code(&first, 2, 7, minute(0)), Some(Code::LinkUnknown));
        assert_eq!(code(&first, 1, 7, minute(60).minus(Duration::from_millis(1))), None);
        assert_eq!(code(&first, 1, 7, minute(60)), Some(Code::LinkExpired));
        assert_eq!(code(&first, 1, 8, minute(0)), Some(Code::LinkUsed));
        let second = SentLinks::next(Some(&first), 8, minute(1)).unwrap();
        assert_eq!(code(&second, 1, 8, minute(1)), Some(Code::LinkSuperseded));
        assert_eq!(code(&second, 2, 8, minute(60)), None);
        assert!(SentLinks::check(None, 1, LinkPurpose::Verification, 0, minute(0)).is_err());
    }

    #[test]
    fn the_end_of_sessions_leaves_the_proof_of_an_e_mail_alone() {
        let first = SentLinks::first(0, minute(0));
        assert!(SentLinks::check(Some(&first), 1, LinkPurpose::Verification, 3, minute(1439)).is_ok());
        assert!(SentLinks::check(Some(&first), 1, LinkPurpose::Verification, 3, minute(1440)).is_err());
        assert!(SentLinks::check(Some(&first), 1, LinkPurpose::EmailChange, 3, minute(1)).is_err());
    }
}
