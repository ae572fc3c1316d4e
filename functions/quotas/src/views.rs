//! What answers show of limits and how far they are used.

use domain::Timestamp;
use domain::id::OrganizationId;
use domain::quota::{ByKind, ByPeriod, Defaults, Limits, PeriodStanding, ScopeObject, Source, Tokens};
use serde::Serialize;
use store::quota::{DefaultLayers, ThingStanding};
use utoipa::ToSchema;

/// A limit for each period; nothing where there is none.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeriodsView {
    /// Tokens a day.
    daily: Option<u64>,
    /// Tokens a week from Monday on.
    weekly: Option<u64>,
    /// Tokens a calendar month.
    monthly: Option<u64>,
}

impl From<&ByPeriod<Tokens>> for PeriodsView {
    fn from(ByPeriod { daily, weekly, monthly }: &ByPeriod<Tokens>) -> Self {
        let [daily, weekly, monthly] = [daily, weekly, monthly].map(|limit| limit.map(Tokens::get));
        Self { daily, weekly, monthly }
    }
}

/// The platform's defaults, for whatever has no limit of its own.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlatformDefaultsView {
    /// Of organizations.
    organization: PeriodsView,
    /// Of projects.
    project: PeriodsView,
    /// Of use cases.
    use_case: PeriodsView,
    /// Of people.
    user: PeriodsView,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl From<&Defaults> for PlatformDefaultsView {
    fn from(Defaults { limits, version }: &Defaults) -> Self {
        let ByKind { organization, project, use_case, user } = limits;
        Self {
            organization: organization.into(),
            project: project.into(),
            use_case: use_case.into(),
            user: user.into(),
            version: *version,
        }
    }
}

/// An organization's defaults, and the platform's below them.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationDefaultsView {
    /// Of projects.
    project: PeriodsView,
    /// Of use cases.
    use_case: PeriodsView,
    /// Of people.
    user: PeriodsView,
    /// What counts where the organization says nothing.
    platform: PlatformDefaultsView,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl From<&DefaultLayers> for OrganizationDefaultsView {
    fn from(DefaultLayers { own, platform }: &DefaultLayers) -> Self {
        let ByKind { organization: _, project, use_case, user } = &own.limits;
        Self {
            project: project.into(),
            use_case: use_case.into(),
            user: user.into(),
            platform: platform.into(),
            version: own.version,
        }
    }
}

/// What is limited.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScopeView {
    /// `organization`, `project`, `use_case` or `user`.
    #[schema(example = "project")]
    kind: &'static str,
    /// Its id.
    #[schema(example = "prj_01JZA000000000000000000000")]
    id: String,
    /// The project that a use case is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

impl ScopeView {
    pub(crate) fn of(org: OrganizationId, object: ScopeObject) -> Self {
        let project = match object {
            ScopeObject::UseCase { id: _, project } => Some(project.to_string()),
            ScopeObject::Organization | ScopeObject::Project { .. } | ScopeObject::User { .. } => None,
        };
        let scope = object.scope();
        Self { kind: scope.kind().as_str(), id: scope.id().unwrap_or_else(|| org.to_string()), project }
    }
}

/// What was set on one thing.
#[derive(Serialize, ToSchema)]
pub(crate) struct LimitsView {
    /// The thing.
    scope: ScopeView,
    /// Its own limits; where there is none, a default counts.
    limits: PeriodsView,
    /// Counts changes of the limits and of top-ups; the `ETag`. 0 where nothing was ever set.
    version: u64,
}

impl LimitsView {
    pub(crate) fn of(org: OrganizationId, object: ScopeObject, limits: &Limits) -> Self {
        let Limits { own, top_ups: _, version } = limits;
        Self { scope: ScopeView::of(org, object), limits: own.into(), version: *version }
    }
}

/// What binds somebody, and how far it is used.
#[derive(Serialize, ToSchema)]
pub(crate) struct EffectiveQuotasView {
    /// Everything that a call falls in, the widest first. All of it must have room.
    scopes: Vec<StandingView>,
    /// What has the least left of all; nothing where everything is unlimited.
    tightest: Option<TightestView>,
    /// When that was so.
    as_of: String,
}

/// One thing that a call falls in.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandingView {
    /// The thing.
    scope: ScopeView,
    /// What it is called; a person's e-mail.
    name: String,
    /// Day, week and month.
    periods: Vec<PeriodView>,
}

/// One window of one thing.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeriodView {
    /// `daily`, `weekly` or `monthly`.
    #[schema(example = "monthly")]
    period: &'static str,
    /// The window: a day, an ISO week or a month, in UTC.
    #[schema(example = "2026-11")]
    window: String,
    /// The limit; nothing where it is unlimited, and then nothing is counted here.
    limit: Option<u64>,
    /// Where it comes from: `explicit`, `organization_default`, `platform_default` or `unlimited`.
    source: &'static str,
    /// What was set on the thing itself.
    explicit: Option<u64>,
    /// The organization's default for its kind.
    organization_default: Option<u64>,
    /// The platform's default for its kind.
    platform_default: Option<u64>,
    /// What was added to this window.
    top_ups: Option<u64>,
    /// `limit + top_ups`
    effective: Option<u64>,
    /// What was used of it.
    used: Option<u64>,
    /// What reservations hold of it.
    held: Option<u64>,
    /// What is left of it.
    remaining: Option<u64>,
    /// When the window is over.
    resets_at: String,
    /// Whether who is subject to it may ask for more: from 80 % of it on.
    may_request_more: bool,
}

/// What has the least left.
#[derive(Serialize, ToSchema)]
pub(crate) struct TightestView {
    /// The thing.
    scope: ScopeView,
    /// `daily`, `weekly` or `monthly`.
    period: &'static str,
    /// What is left.
    remaining: u64,
    /// When the window is over.
    resets_at: String,
}

impl EffectiveQuotasView {
    pub(crate) fn of(org: OrganizationId, things: &[ThingStanding], now: Timestamp) -> Self {
        let all: Vec<PeriodStanding> = things.iter().flat_map(|thing| thing.periods).collect();
        let tightest = PeriodStanding::tightest(&all).and_then(|standing| {
            let thing = things.iter().find(|thing| thing.object.scope() == standing.scope)?;
            Some(TightestView {
                scope: ScopeView::of(org, thing.object),
                period: standing.window.period().as_str(),
                remaining: standing.bound?.remaining.get(),
                resets_at: standing.window.end().to_string(),
            })
        });
        let scope = |ThingStanding { object, name, periods }: &ThingStanding| StandingView {
            scope: ScopeView::of(org, *object),
            name: name.clone(),
            periods: periods.iter().map(PeriodView::from).collect(),
        };
        Self { scopes: things.iter().map(scope).collect(), tightest, as_of: now.to_string() }
    }
}

impl From<&PeriodStanding> for PeriodView {
    fn from(standing: &PeriodStanding) -> Self {
        let PeriodStanding { scope: _, window, explicit, organization_default, platform_default, bound } = standing;
        let number = |tokens: Option<Tokens>| tokens.map(Tokens::get);
        Self {
            period: window.period().as_str(),
            window: window.to_string(),
            limit: number(bound.map(|bound| bound.limit)),
            source: bound.map_or("unlimited", |bound| source(bound.source)),
            explicit: number(*explicit),
            organization_default: number(*organization_default),
            platform_default: number(*platform_default),
            top_ups: number(bound.map(|bound| bound.top_ups)),
            effective: number(bound.map(|bound| bound.effective())),
            used: number(bound.map(|bound| bound.used)),
            held: number(bound.map(|bound| bound.held)),
            remaining: number(bound.map(|bound| bound.remaining)),
            resets_at: window.end().to_string(),
            may_request_more: bound.is_some_and(|bound| bound.may_ask_for_more()),
        }
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Explicit => "explicit",
        Source::OrganizationDefault => "organization_default",
        Source::PlatformDefault => "platform_default",
    }
}
