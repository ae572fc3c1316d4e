//! How far the limits of one thing are used: what its people and admins are shown.

use super::{Ground, Period, QuotaScope, ScopeObject, Shortage, Source, Standing, Tokens, Window};
use crate::decide::Place;
use crate::id::{OrganizationId, ProjectId, UseCaseId, UserId};
use crate::{Action, Command, OrgScope, Timestamp};

/// One period of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodStanding {
    /// Of what.
    pub scope: QuotaScope,
    /// In which window.
    pub window: Window,
    /// What was set on the thing itself.
    pub explicit: Option<Tokens>,
    /// The organization's default for its kind.
    pub organization_default: Option<Tokens>,
    /// The platform's default for its kind.
    pub platform_default: Option<Tokens>,
    /// What binds; none = unlimited, and nothing is counted.
    pub bound: Option<Bound>,
}

/// What binds in a window, and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The limit.
    pub limit: Tokens,
    /// Where it comes from.
    pub source: Source,
    /// What was added to this window.
    pub top_ups: Tokens,
    /// What was used.
    pub used: Tokens,
    /// What reservations hold.
    pub held: Tokens,
    /// What is left.
    pub remaining: Tokens,
}

impl Bound {
    /// `limit + top-ups`
    #[must_use]
    pub fn effective(&self) -> Tokens {
        self.limit.plus(self.top_ups)
    }

    /// Whether who is subject to it may ask for more.
    #[must_use]
    pub fn may_ask_for_more(&self) -> bool {
        Shortage::may_ask_at(self.used.plus(self.held), self.effective())
    }
}

impl PeriodStanding {
    /// The one with the least left; of equals the one that lasts longest. What is unlimited is never the tightest.
    #[must_use]
    pub fn tightest(all: &[Self]) -> Option<Self> {
        let rank = |standing: &&Self| {
            let left = standing.bound.map_or(Tokens::MAX, |bound| bound.remaining);
            (left, std::cmp::Reverse(standing.window.end()), standing.scope)
        };
        all.iter().filter(|standing| standing.bound.is_some()).min_by_key(rank).copied()
    }
}

impl Ground<'_> {
    /// How far each period is used at that instant, the shortest first. Lapsed holds count for nothing.
    #[must_use]
    pub fn standings(&self, now: Timestamp) -> [PeriodStanding; 3] {
        let (now, caps) = self.caps(now);
        let counter = self.whole(now);
        Period::ALL.map(|period| {
            let (kind, layers) = (self.scope.kind(), self.layers);
            PeriodStanding {
                scope: self.scope,
                window: Window::of(period, now),
                explicit: layers.own.own.get(period).copied(),
                organization_default: layers.organization.limits.get(kind).get(period).copied(),
                platform_default: layers.platform.limits.get(kind).get(period).copied(),
                bound: caps.by_period.get(period).zip(counter.standing(period)).map(|(cap, standing)| {
                    let Standing { window: _, used, held, remaining } = standing;
                    Bound { limit: cap.limit, source: cap.source, top_ups: cap.top_ups, used, held, remaining }
                }),
            }
        })
    }
}

/// A project, with a use case in it if one is asked about.
#[derive(Clone, Copy, Debug)]
pub struct InProject {
    /// The project.
    pub project: ProjectId,
    /// A use case of it.
    pub use_case: Option<UseCaseId>,
}

impl InProject {
    /// Both, the wider first.
    pub fn objects(self) -> impl Iterator<Item = ScopeObject> {
        let use_case = self.use_case.map(|id| ScopeObject::UseCase { id, project: self.project });
        std::iter::once(ScopeObject::Project { id: self.project }).chain(use_case)
    }
}

/// `GET …/quotas/effective` of the caller, who sees what binds them.
#[derive(Clone, Copy, Debug)]
pub struct ReadOwnStandings {
    /// In which project, if one is asked about.
    pub within: Option<InProject>,
}

impl Command for ReadOwnStandings {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        self.within.map_or(Action::ReadOwnQuotas, |_| Action::ViewProject)
    }
    fn place(&self, at: &OrganizationId) -> Place {
        self.within.map_or(Place::Organization(*at), |within| Place::Project(*at, within.project))
    }
}

/// `GET …/quotas/effective` of somebody else.
#[derive(Clone, Copy, Debug)]
pub struct ReadStandings {
    /// In which project, if one is asked about.
    pub within: Option<InProject>,
    /// Of whom.
    pub user: UserId,
}

impl Command for ReadStandings {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageQuotas
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
