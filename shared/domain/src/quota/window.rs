//! The window of a period that an instant falls in: half-open, in UTC, computed and never stored ahead.

use std::fmt;

use jiff::Span;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use serde::{Deserialize, Serialize};

use super::Period;
use crate::{Rejected, Timestamp};

const DAY_MILLIS: u64 = 86_400_000;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// One day, week or month: from its first instant up to, and without, the first one of the next. Written as `2026-11-30`,
/// `2026-W49` (ISO 8601) or `2026-11`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    period: Period,
    first_day: i32,
}

impl Window {
    /// The window of that period in which that instant lies.
    #[must_use]
    pub fn of(period: Period, at: Timestamp) -> Self {
        let day = i32::try_from(at.millis() / DAY_MILLIS).unwrap_or(i32::MAX);
        let date = date_of(day);
        let since = match period {
            Period::Daily => 0,
            Period::Weekly => date.weekday().to_monday_zero_offset(),
            Period::Monthly => date.day() - 1,
        };
        Self { period, first_day: day - i32::from(since) }
    }

    /// From the number of its first day, counted from 1970-01-01 as 0.
    ///
    /// # Errors
    /// No window of that period begins on that day.
    pub fn from_first_day(period: Period, first_day: i32) -> Result<Self, Rejected> {
        let window = Self { period, first_day };
        let date = date_of(first_day);
        let begins = match period {
            Period::Daily => true,
            Period::Weekly => date.weekday() == Weekday::Monday,
            Period::Monthly => date.day() == 1,
        };
        begins.then_some(window).ok_or(Rejected("must be the first day of a window"))
    }

    /// The number of its first day, counted from 1970-01-01 as 0.
    #[must_use]
    pub fn first_day(self) -> i32 {
        self.first_day
    }

    /// Of which period.
    #[must_use]
    pub fn period(self) -> Period {
        self.period
    }

    /// Its first instant, not before 1970.
    #[must_use]
    pub fn start(self) -> Timestamp {
        instant_of(self.first_day)
    }

    /// The first instant after it: when it resets.
    #[must_use]
    pub fn end(self) -> Timestamp {
        instant_of(self.first_day + self.days())
    }

    /// Whether that instant lies in it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        Self::of(self.period, at) == self
    }

    /// The one before it.
    #[must_use]
    pub fn before(self) -> Self {
        Self::of(self.period, instant_of(self.first_day - 1))
    }

    /// The one after it.
    #[must_use]
    pub fn after(self) -> Self {
        Self::of(self.period, self.end())
    }

    /// Its days, in order.
    pub fn each_day(self) -> impl Iterator<Item = Self> {
        (self.first_day..self.first_day + self.days()).map(|first_day| Self { period: Period::Daily, first_day })
    }

    fn days(self) -> i32 {
        match self.period {
            Period::Daily => 1,
            Period::Weekly => 7,
            Period::Monthly => i32::from(date_of(self.first_day).days_in_month()),
        }
    }
}

fn date_of(day: i32) -> Date {
    EPOCH.saturating_add(Span::new().days(day.clamp(-7, 2_932_896)))
}

fn instant_of(day: i32) -> Timestamp {
    Timestamp::from_millis(u64::try_from(day).unwrap_or(0).saturating_mul(DAY_MILLIS))
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = date_of(self.first_day);
        match self.period {
            Period::Daily => write!(f, "{date}"),
            Period::Weekly => {
                let week = date.iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            Period::Monthly => write!(f, "{:04}-{:02}", date.year(), date.month()),
        }
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

impl TryFrom<String> for Window {
    type Error = Rejected;

    /// Reads what is written, and nothing that merely looks like it.
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let refused = Rejected("must be a day, week or month such as 2026-11-30, 2026-W49 or 2026-11");
        let (period, date) = dated(&raw).ok_or(refused)?;
        let days = (date - EPOCH).get_days();
        let window = Self::from_first_day(period, days).map_err(|_| refused)?;
        (days >= -6 && window.to_string() == raw).then_some(window).ok_or(refused)
    }
}

fn dated(raw: &str) -> Option<(Period, Date)> {
    let (year, rest) = raw.split_once('-')?;
    let year: i16 = year.parse().ok()?;
    match (rest.strip_prefix('W'), rest.split_once('-')) {
        (Some(week), _) => {
            let monday = ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?;
            Some((Period::Weekly, monday.date()))
        }
        (None, Some((month, day))) => {
            Some((Period::Daily, Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?))
        }
        (None, None) => Some((Period::Monthly, Date::new(year, rest.parse().ok()?, 1).ok()?)),
    }
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
