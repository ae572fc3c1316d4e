//! What was set: limits of one scope, defaults of the organization and the platform, and the versions they have.

use serde::{Deserialize, Serialize};

use super::{ByKind, ByPeriod, Period, Tokens, Window};
use crate::Timestamp;

/// What was added to one window of one scope, all top-ups that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUps {
    /// The window they are for; in any other they are worth nothing.
    pub window: Window,
    /// Their sum.
    pub sum: Tokens,
}

/// What was set on one scope. It is never deleted, so that its version never falls: one without any limit is as good as none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Explicit limits.
    #[serde(default)]
    pub own: ByPeriod<Tokens>,
    /// Top-ups of the latest window that had any.
    #[serde(default)]
    pub top_ups: ByPeriod<TopUps>,
    /// Grows by one with every change; 0 = nothing was ever set.
    pub version: u64,
}

impl Limits {
    /// What top-ups add in the window of that period at that instant.
    #[must_use]
    pub fn topped_up(&self, period: Period, now: Timestamp) -> Tokens {
        let present = self.top_ups.get(period).filter(|top_ups| top_ups.window.contains(now));
        present.map_or(Tokens::ZERO, |top_ups| top_ups.sum)
    }
}

/// Limits for whatever has none of its own, by kind: an organization's, or the platform's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defaults {
    /// By kind and period.
    #[serde(default)]
    pub limits: ByKind<ByPeriod<Tokens>>,
    /// Grows by one with every change; 0 = nothing was ever set.
    pub version: u64,
}

/// Of what a cap was computed. Each part only grows, so whoever has a part of a higher number has the newer knowledge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Versions {
    /// Of the platform's defaults.
    pub platform: u64,
    /// Of the organization's defaults.
    pub organization: u64,
    /// Of the scope's own limits.
    pub own: u64,
}

impl Versions {
    /// Whether any part is newer than the other's.
    #[must_use]
    pub fn know_more_than(self, other: Self) -> bool {
        self.platform > other.platform || self.organization > other.organization || self.own > other.own
    }
}
