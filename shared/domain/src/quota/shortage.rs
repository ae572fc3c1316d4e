//! Why a reservation was refused: everything that the caller is told.

use super::{Cap, Counter, Period, QuotaScope, Standing, Tokens, Window};
use crate::{Code, Error, Timestamp};

/// Who is subject to a scope may ask for more from that part of the cap on, in hundredths.
const MAY_ASK_FROM: u64 = 80;

/// A window that lacks room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Whose.
    pub scope: QuotaScope,
    /// Its window.
    pub window: Window,
    /// The limit.
    pub limit: Tokens,
    /// What was added for this window.
    pub top_ups: Tokens,
    /// What was used.
    pub used: Tokens,
    /// What reservations hold.
    pub held: Tokens,
    /// What was asked for.
    pub requested: Tokens,
    /// What is left.
    pub remaining: Tokens,
}

impl Shortage {
    /// The one with the least left of those that lack room in a counter under these caps; of equals the one that lasts longest.
    #[must_use]
    pub fn of(scope: QuotaScope, counter: &Counter, caps: &super::Caps, requested: Tokens) -> Option<Self> {
        let lacking = caps.by_period.iter().filter_map(|(period, cap)| {
            let standing = counter.standing(period)?;
            let lacks = counter.entries.get(period)?.left < requested.signed();
            lacks.then(|| Self::in_window(scope, *cap, standing, requested))
        });
        lacking.min_by_key(Self::rank)
    }

    fn in_window(scope: QuotaScope, cap: Cap, standing: Standing, requested: Tokens) -> Self {
        let Standing { window, used, held, remaining } = standing;
        Self { scope, window, limit: cap.limit, top_ups: cap.top_ups, used, held, requested, remaining }
    }

    /// Sorts the tightest first.
    #[must_use]
    pub fn rank(&self) -> (Tokens, std::cmp::Reverse<Timestamp>, QuotaScope) {
        (self.remaining, std::cmp::Reverse(self.resets_at()), self.scope)
    }

    /// Of which period.
    #[must_use]
    pub fn period(&self) -> Period {
        self.window.period()
    }

    /// When the window is over.
    #[must_use]
    pub fn resets_at(&self) -> Timestamp {
        self.window.end()
    }

    /// Whether a person who is subject to the scope may ask for more: from 80 % on.
    #[must_use]
    pub fn may_ask_for_more(&self) -> bool {
        Self::may_ask_at(self.used.plus(self.held), self.limit.plus(self.top_ups))
    }

    /// Whether so much, used and held, is enough of the whole to ask for more.
    pub(super) fn may_ask_at(taken: Tokens, whole: Tokens) -> bool {
        u128::from(taken.get()) * 100 >= u128::from(whole.get()) * u128::from(MAY_ASK_FROM)
    }

    /// The refusal.
    #[must_use]
    pub fn refusal(self, now: Timestamp) -> Error {
        let seconds = self.resets_at().millis().saturating_sub(now.millis()).div_ceil(1000);
        let words = format!("the {} limit of the {} leaves no room", self.period().as_str(), self.words());
        Error::new(Code::QuotaExceeded, words).after_seconds(u32::try_from(seconds).unwrap_or(u32::MAX)).short_of(self)
    }

    fn words(&self) -> &'static str {
        match self.scope {
            QuotaScope::Organization => "organization",
            QuotaScope::Project(_) => "project",
            QuotaScope::UseCase(_) => "use case",
            QuotaScope::User(_) => "person",
        }
    }
}
