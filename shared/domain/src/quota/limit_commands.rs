//! What is asked of limits: the platform's defaults, an organization's, and those of one thing.

use std::marker::PhantomData;

use super::{ByKind, ByPeriod, Defaults, Period, ScopeKind, ScopeObject, Tokens};
use crate::decide::Place;
use crate::id::OrganizationId;
use crate::scope::Reach;
use crate::{Action, Command, OrgScope, Patch, PlatformScope};

/// A merge patch of one limit for each period; `null` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodPatch {
    /// Of the day.
    pub daily: Patch<Tokens>,
    /// Of the week.
    pub weekly: Patch<Tokens>,
    /// Of the month.
    pub monthly: Patch<Tokens>,
}

impl PeriodPatch {
    /// The limits with the patch over them.
    #[must_use]
    pub fn over(&self, before: &ByPeriod<Tokens>) -> ByPeriod<Tokens> {
        ByPeriod::from_fn(|period| self.get(period).clone().over(before.get(period).copied()))
    }

    fn get(&self, period: Period) -> &Patch<Tokens> {
        match period {
            Period::Daily => &self.daily,
            Period::Weekly => &self.weekly,
            Period::Monthly => &self.monthly,
        }
    }
}

/// A merge patch of defaults.
pub type DefaultsPatch = ByKind<Patch<PeriodPatch>>;

impl DefaultsPatch {
    /// The defaults with the patch over them, one version later.
    #[must_use]
    pub fn over_defaults(&self, before: &Defaults) -> Defaults {
        let mut after = Defaults { limits: before.limits, version: before.version + 1 };
        for kind in ScopeKind::ALL {
            let limits = after.limits.slot(kind);
            match self.get(kind) {
                Patch::Keep => {}
                Patch::Clear => *limits = ByPeriod::default(),
                Patch::Set(patch) => *limits = patch.over(limits),
            }
        }
        after
    }
}

/// Where defaults stand: the platform, or one organization.
pub trait DefaultsHome: Reach {
    /// The right to read and to set them.
    const MANAGE: Action;
}

impl DefaultsHome for PlatformScope {
    const MANAGE: Action = Action::ManageQuotaCeiling;
}

/// Without limits of the organization itself: those would be its own ceiling, which is the platform's to set.
impl DefaultsHome for OrgScope {
    const MANAGE: Action = Action::ManageQuotas;
}

/// `GET …/quota-defaults`
#[derive(Clone, Copy, Debug)]
pub struct ReadQuotaDefaults<H>(PhantomData<fn() -> H>);

impl<H> ReadQuotaDefaults<H> {
    /// Those of the home that the type names.
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<H> Default for ReadQuotaDefaults<H> {
    fn default() -> Self {
        Self::new()
    }
}

impl<H: DefaultsHome> Command for ReadQuotaDefaults<H> {
    type Scope = H;
    fn action(&self) -> Action {
        H::MANAGE
    }
}

/// `PATCH …/quota-defaults`
#[derive(Clone, Debug)]
pub struct EditQuotaDefaults<H> {
    /// The version that was read.
    pub version: u64,
    /// What changes.
    pub patch: DefaultsPatch,
    home: PhantomData<fn() -> H>,
}

impl EditQuotaDefaults<PlatformScope> {
    /// Of the platform, organizations' ceilings included.
    #[must_use]
    pub fn of_platform(version: u64, patch: DefaultsPatch) -> Self {
        Self { version, patch, home: PhantomData }
    }
}

impl EditQuotaDefaults<OrgScope> {
    /// Of an organization; what the patch says of organizations is left out.
    #[must_use]
    pub fn of_organization(version: u64, patch: DefaultsPatch) -> Self {
        Self { version, patch: DefaultsPatch { organization: Patch::Keep, ..patch }, home: PhantomData }
    }
}

impl<H: DefaultsHome> Command for EditQuotaDefaults<H> {
    type Scope = H;
    fn action(&self) -> Action {
        H::MANAGE
    }
}

/// `PUT` and `PATCH …/quotas/{kind}/{id}`, of whatever a [`super::Limiting`] names.
#[derive(Clone, Debug)]
pub struct SetLimits {
    /// The version that was read; 0 where nothing was ever set.
    pub version: u64,
    /// What is set.
    pub limits: NewLimits,
}

/// Limits that take the place of others.
#[derive(Clone, Debug)]
pub enum NewLimits {
    /// Of all that were there.
    Whole(ByPeriod<Tokens>),
    /// Of some of them.
    Patch(PeriodPatch),
}

impl NewLimits {
    /// What is set after it.
    #[must_use]
    pub fn over(&self, before: &ByPeriod<Tokens>) -> ByPeriod<Tokens> {
        match self {
            Self::Whole(limits) => *limits,
            Self::Patch(patch) => patch.over(before),
        }
    }
}

/// `GET …/quotas/{kind}/{id}`
#[derive(Clone, Copy, Debug)]
pub struct ReadLimits {
    /// Of what.
    pub object: ScopeObject,
}

impl Command for ReadLimits {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        self.object.read_by()
    }
    fn place(&self, at: &OrganizationId) -> Place {
        self.object.place(*at)
    }
}

/// `GET …/quotas`
#[derive(Clone, Copy, Debug)]
pub struct ListLimits;

impl Command for ListLimits {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageQuotas
    }
}

#[cfg(test)]
#[path = "limit_commands_tests.rs"]
mod tests;
