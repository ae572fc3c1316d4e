//! What a run did.

use serde_json::{Value, json};

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Homes that were visited.
    pub homes: u32,
    /// Servers that answered.
    pub reachable: u32,
    /// Servers that did not.
    pub unreachable: u32,
    /// Servers of which nothing is known, since they were changed meanwhile or the vault did not answer.
    pub skipped: u32,
    /// Homes that could not be finished.
    pub failed: u32,
}

impl Done {
    /// What the platform's log shows.
    #[must_use]
    pub fn into_answer(self) -> Value {
        let Self { homes, reachable, unreachable, skipped, failed } = self;
        json!({ "homes": homes, "reachable": reachable, "unreachable": unreachable, "skipped": skipped, "failed": failed })
    }

    /// Both together.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            homes: self.homes + other.homes,
            reachable: self.reachable + other.reachable,
            unreachable: self.unreachable + other.unreachable,
            skipped: self.skipped + other.skipped,
            failed: self.failed + other.failed,
        }
    }
}
