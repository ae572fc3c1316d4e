//! Which number binds: explicit on the scope, else the organization's default, else the platform's, else none; and top-ups.

use serde::{Deserialize, Serialize};

use super::{ByPeriod, Defaults, Limits, Period, ScopeKind, Tokens, Versions, Window};
use crate::Timestamp;

/// Where a limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// It was set on the scope itself.
    Explicit,
    /// The organization's default for that kind.
    OrganizationDefault,
    /// The platform's default for that kind.
    PlatformDefault,
}

/// What binds a scope in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The window it is for.
    pub window: Window,
    /// The limit.
    pub limit: Tokens,
    /// Where that comes from.
    pub source: Source,
    /// What was added for this window.
    pub top_ups: Tokens,
}

impl Cap {
    /// `limit + top-ups`: what may be used and held at most.
    #[must_use]
    pub fn effective(&self) -> Tokens {
        self.limit.plus(self.top_ups)
    }
}

/// The three layers that a scope's limits come from.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    /// The platform's defaults.
    pub platform: &'a Defaults,
    /// The organization's defaults.
    pub organization: &'a Defaults,
    /// What was set on the scope itself.
    pub own: &'a Limits,
}

impl Layers<'_> {
    /// The limit of a period and where it comes from; none = unlimited.
    #[must_use]
    pub fn limit(&self, kind: ScopeKind, period: Period) -> Option<(Tokens, Source)> {
        let layers = [
            (&self.own.own, Source::Explicit),
            (self.organization.limits.get(kind), Source::OrganizationDefault),
            (self.platform.limits.get(kind), Source::PlatformDefault),
        ];
        layers.into_iter().find_map(|(limits, source)| limits.get(period).map(|limit| (*limit, source)))
    }

    /// What binds a scope of that kind at that instant.
    #[must_use]
    pub fn caps(&self, kind: ScopeKind, now: Timestamp) -> Caps {
        let cap = |period| {
            let (limit, source) = self.limit(kind, period)?;
            Some(Cap { window: Window::of(period, now), limit, source, top_ups: self.own.topped_up(period, now) })
        };
        Caps { by_period: ByPeriod::from_fn(cap), versions: self.versions() }
    }

    /// Of what they were computed.
    #[must_use]
    pub fn versions(&self) -> Versions {
        Versions { platform: self.platform.version, organization: self.organization.version, own: self.own.version }
    }
}

/// All that binds one scope at one instant, and of what it was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// A cap for each period that is limited.
    pub by_period: ByPeriod<Cap>,
    /// Of which versions of the layers.
    pub versions: Versions,
}

impl Caps {
    /// Whether nothing binds.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        self.by_period.is_empty()
    }
}

#[cfg(test)]
#[path = "caps_tests.rs"]
mod tests;
