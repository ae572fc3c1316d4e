//! Times: RFC 3339 in UTC with milliseconds, the one way the product writes an instant.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Rejected;

/// An instant, in whole milliseconds since 1970-01-01T00:00:00Z; written as `2026-11-23T12:00:00.000Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(u64);

impl Timestamp {
    /// The latest instant that can be written with four digits of a year.
    const MAX_MILLIS: u64 = 253_402_300_799_999;

    /// An instant from milliseconds since 1970; later than the year 9999 is that year's end.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis.min(Self::MAX_MILLIS))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, as DynamoDB's TTL wants them.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// The instant that much later.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The instant that much earlier, not before 1970.
    #[must_use]
    pub fn minus(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The day in UTC, as `2026-11-23`.
    #[must_use]
    pub fn day(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// The first instant of the day of this one, in UTC.
    #[must_use]
    pub fn start_of_day(self) -> Self {
        Self(self.0 - self.0 % 86_400_000)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = i64::try_from(self.0).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
        write!(f, "{:.3}", at.unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl TryFrom<String> for Timestamp {
    type Error = Rejected;

    /// Reads any RFC 3339 instant with an offset from 1970 on; what is finer than a millisecond is cut.
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let refused = Rejected("must be an RFC 3339 time with an offset, such as 2026-11-23T12:00:00.000Z");
        let at: jiff::Timestamp = raw.parse().map_err(|_| refused)?;
        u64::try_from(at.as_millisecond()).map(Self::from_millis).map_err(|_| refused)
    }
}

impl From<Timestamp> for String {
    fn from(at: Timestamp) -> Self {
        at.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc_with_milliseconds() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(1_795_476_475_120).to_string(), "2026-11-23T23:27:55.120Z");
    }

    #[test]
    fn an_offset_is_read_and_a_missing_one_refused() {
        let east = Timestamp::try_from("2026-11-24T01:47:55.120999+03:00".to_owned()).unwrap();
        assert_eq!(east.millis(), 1_795_474_075_120);
        assert!(Timestamp::try_from("2026-11-24T01:47:55".to_owned()).is_err());
        assert!(Timestamp::try_from("1969-12-31T23:59:59Z".to_owned()).is_err());
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        let at = Timestamp::from_millis(1_795_476_475_120);
        assert_eq!(at.day(), "2026-11-23");
        assert_eq!(at.start_of_day().to_string(), "2026-11-23T00:00:00.000Z");
    }
}
