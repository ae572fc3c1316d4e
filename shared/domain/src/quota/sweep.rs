//! What the scheduled reset may do, and how far it has come with an organization's ledger.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Period, Window, expired_since};
use crate::{Action, Command, OrgScope, PlatformScope, Timestamp};

/// A day's ledger is closed so long after its end: by then every hold of its calls was settled or has lapsed, and what comes
/// later leaves a mark. Longer than an id may be old and a hold may last together.
const GRACE: Duration = Duration::from_secs(45 * 60);
/// Ids may be so far ahead.
const AHEAD: Duration = Duration::from_secs(60);
/// The present day is added up again when so much time has passed.
const AGAIN: Duration = Duration::from_secs(60 * 60);
/// Counters are compared with the ledger when so much time has passed.
const COMPARE: Duration = Duration::from_secs(6 * 60 * 60);

/// Finds organizations.
#[derive(Clone, Copy, Debug)]
pub struct SweepQuotas;

impl Command for SweepQuotas {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::RunQuotaReset
    }
}

/// Closes, cleans, compares and tells in one organization.
#[derive(Clone, Copy, Debug)]
pub struct ResetQuotas;

impl Command for ResetQuotas {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::RunQuotaReset
    }
}

/// How far an organization's ledger has been added up. Losing it costs work and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The next day that is to be closed; all before it are.
    pub next: Window,
    /// When the present day was added up last.
    #[serde(default)]
    pub added_up_at: Option<Timestamp>,
    /// When counters were compared with the ledger last.
    #[serde(default)]
    pub compared_at: Option<Timestamp>,
    /// When those were compared last whose counting had begun in the middle of a window.
    #[serde(default)]
    pub news_at: Option<Timestamp>,
    /// Up to which instant requests for more tokens were made of which none waits any more.
    #[serde(default)]
    pub expired_through: Option<Timestamp>,
    /// A pass through its counters that was not finished.
    #[serde(default)]
    pub pass: Option<Pass>,
}

/// A pass through an organization's counters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Where it goes on; none = at the beginning.
    pub behind: Option<String>,
    /// Whether they are compared with the ledger in it.
    pub compares: bool,
    /// Since when.
    pub since: Timestamp,
}

impl Closing {
    /// Of an organization that was made at that instant: ids may be a moment older than it.
    #[must_use]
    pub fn from(made_at: Timestamp) -> Self {
        let (next, expired_through) = (Window::of(Period::Daily, made_at).before(), Some(made_at.minus(AHEAD)));
        Self { next, added_up_at: None, compared_at: None, news_at: None, expired_through, pass: None }
    }

    /// Whether the next day can be closed.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next.end().plus(GRACE) <= now
    }

    /// The days that are not closed, up to the present; the calls' clocks may be ahead.
    pub fn open_days(&self, now: Timestamp) -> impl Iterator<Item = Window> + use<> {
        let next = self.next;
        let last = Window::of(Period::Daily, now.plus(AHEAD));
        std::iter::successors(Some(next), |day| Some(day.after())).take_while(move |day| *day <= last)
    }

    /// Whether the days that are not closed are to be added up now.
    #[must_use]
    pub fn is_behind(&self, now: Timestamp) -> bool {
        self.added_up_at.is_none_or(|at| at.plus(AGAIN) <= now)
    }

    /// When the requests were made that may have expired since that was looked at last; none where there can be none.
    #[must_use]
    pub fn to_expire(&self, now: Timestamp) -> Option<RangeInclusive<Timestamp>> {
        let (from, to) = (self.expired_through.unwrap_or(Timestamp::from_millis(0)), expired_since(now));
        (from < to).then_some(from..=to)
    }

    /// Whether counters are to be compared now.
    #[must_use]
    pub fn is_unproved(&self, now: Timestamp) -> bool {
        self.compared_at.is_none_or(|at| at.plus(COMPARE) <= now)
    }

    /// Whether a counter that began to count then was not compared since: a limit that is set in the middle of a window counts
    /// what was used before it.
    #[must_use]
    pub fn is_news(&self, began: Timestamp) -> bool {
        self.compared_at.max(self.news_at).is_none_or(|at| began.plus(AHEAD) >= at)
    }

    /// The pass that goes on now: the one that was not finished, or a new one.
    #[must_use]
    pub fn pass(&self, now: Timestamp) -> Pass {
        let begun = Pass { behind: None, compares: self.is_unproved(now), since: now };
        self.pass.clone().unwrap_or(begun)
    }

    /// After a pass that was finished.
    #[must_use]
    pub fn passed(self, pass: &Pass) -> Self {
        let compared_at = if pass.compares { Some(pass.since) } else { self.compared_at };
        Self { compared_at, pass: None, ..self }
    }

    /// The months in which a day's ledger may count.
    #[must_use]
    pub fn months(day: Window) -> BTreeSet<Window> {
        [day.before(), day, day.after()].map(|day| Window::of(Period::Monthly, day.start())).into()
    }

    /// Whether a mark of that age can go once its day was added up: nobody who put it can still be about to put the line.
    #[must_use]
    pub fn is_settled(marked_at: Timestamp, now: Timestamp) -> bool {
        marked_at.plus(GRACE) <= now
    }

    /// Whether a line that is settled then comes too late for its day to be open for certain.
    #[must_use]
    pub fn is_late(day: Window, settled_at: Timestamp) -> bool {
        Window::of(Period::Daily, settled_at) > day
    }
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
