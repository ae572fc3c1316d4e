//! When an organization's admins are told that little is left: at 80 and at 100 % of any window, and of a day's share.
//!
//! The daily threshold of a scope is a day's even share of what it has for a month (or, without one, a week), where it has
//! no limit for the day itself.

use super::{Ground, Period, PeriodStanding, QuotaScope, Tokens, Window};
use crate::Timestamp;

/// How much of the whole is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Threshold {
    /// Four fifths.
    MostOf,
    /// All of it.
    AllOf,
}

impl Threshold {
    /// Each, the lower first.
    pub const ALL: [Self; 2] = [Self::MostOf, Self::AllOf];

    /// In hundredths.
    #[must_use]
    pub fn percent(self) -> u8 {
        match self {
            Self::MostOf => 80,
            Self::AllOf => 100,
        }
    }

    /// The highest that so much of the whole reaches. Of nothing, nothing is reached: a limit of zero is meant to block.
    #[must_use]
    pub fn reached(taken: Tokens, whole: Tokens) -> Option<Self> {
        let is_reached = |threshold: &Self| {
            let part = u128::from(taken.get()) * 100;
            whole > Tokens::ZERO && part >= u128::from(whole.get()) * u128::from(threshold.percent())
        };
        Self::ALL.into_iter().rev().find(is_reached)
    }
}

/// Of what a threshold is a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Watched {
    /// What may be used and held in a window.
    Window(Window),
    /// A day's share of what a longer window has; the day.
    DayShare(Window),
}

impl Watched {
    /// Until when it counts; from then on it is another one.
    #[must_use]
    pub fn end(self) -> Timestamp {
        match self {
            Self::Window(window) | Self::DayShare(window) => window.end(),
        }
    }
}

/// Written as `2026-11`, or `2026-11-30#share`.
impl std::fmt::Display for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Window(window) => write!(f, "{window}"),
            Self::DayShare(day) => write!(f, "{day}#share"),
        }
    }
}

/// A threshold that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// By what.
    pub scope: QuotaScope,
    /// Of what.
    pub watched: Watched,
    /// Which.
    pub threshold: Threshold,
    /// What was used and is held.
    pub taken: Tokens,
    /// Of how much.
    pub whole: Tokens,
}

impl Alert {
    /// This one, and the lower ones that are reached with it and are not told any more.
    pub fn with_lower(self) -> impl Iterator<Item = Self> {
        Threshold::ALL
            .into_iter()
            .filter(move |lower| *lower <= self.threshold)
            .map(move |threshold| Self { threshold, ..self })
    }
}

impl Ground<'_> {
    /// What has been reached at that instant, the highest of each; `today` = what the scope has used that day, if that is known.
    #[must_use]
    pub fn alerts(&self, today: Option<Tokens>, now: Timestamp) -> Vec<Alert> {
        let standings = self.standings(now);
        let of_window = |standing: &PeriodStanding| {
            let bound = standing.bound?;
            Some((Watched::Window(standing.window), bound.used.plus(bound.held), bound.effective()))
        };
        let share = today.and_then(|today| {
            let (day, share) = day_share(&standings)?;
            Some((Watched::DayShare(day), today, share))
        });
        let watched = standings.iter().filter_map(of_window).chain(share);
        let alert = |(watched, taken, whole)| {
            let threshold = Threshold::reached(taken, whole)?;
            Some(Alert { scope: self.scope, watched, threshold, taken, whole })
        };
        watched.filter_map(alert).collect()
    }
}

/// The day, and its even share of the longest window that is limited; none where the day has a limit of its own.
fn day_share([daily, weekly, monthly]: &[PeriodStanding; 3]) -> Option<(Window, Tokens)> {
    let longest = [monthly, weekly].into_iter().find(|standing| standing.bound.is_some())?;
    let whole = longest.bound.filter(|_| daily.bound.is_none())?.effective();
    let days = u64::try_from(longest.window.each_day().count()).unwrap_or(u64::MAX);
    let share = Tokens::try_from(whole.get().div_ceil(days)).unwrap_or(Tokens::MAX);
    debug_assert_eq!(daily.window.period(), Period::Daily);
    Some((daily.window, share))
}

#[cfg(test)]
#[path = "alert_tests.rs"]
mod tests;
