//! `GET /v1/organizations/{org}/usage`

use api::{At, Caller, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{OrganizationId, ProjectId, UseCaseId, UserId};
use domain::quota::{Period, ReadUsage, ScopeKind, ScopeObject, Window};
use domain::{Code, Error, Result, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::views::UsageView;

/// Days that are shown where none are named, the present one included.
const DAYS: usize = 30;

/// Of what, and which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsageParams {
    /// `organization`, `project`, `use_case` or `user`; the caller's own if left out, of a service account the organization's.
    #[param(value_type = Option<String>)]
    of: Option<ScopeKind>,
    /// Which project.
    #[param(value_type = Option<String>)]
    project: Option<ProjectId>,
    /// Which use case; with its project.
    #[param(value_type = Option<String>)]
    use_case: Option<UseCaseId>,
    /// Whom; the caller if left out.
    #[param(value_type = Option<String>)]
    user: Option<UserId>,
    /// The first day.
    #[param(value_type = Option<String>, example = "2026-11-01")]
    first_day: Option<Window>,
    /// The last day, at most 91 later; today if left out.
    #[param(value_type = Option<String>)]
    last_day: Option<Window>,
}

impl UsageParams {
    fn object(&self, caller: Option<UserId>) -> Result<ScopeObject> {
        let missing = |name| Error::new(Code::Malformed, "must be named").at(name);
        // A program has no usage of its own.
        let usual = caller.map_or(ScopeKind::Organization, |_| ScopeKind::User);
        let object = match self.of.unwrap_or(usual) {
            ScopeKind::Organization => ScopeObject::Organization,
            ScopeKind::Project => ScopeObject::Project { id: self.project.ok_or_else(|| missing("project"))? },
            ScopeKind::UseCase => ScopeObject::UseCase {
                id: self.use_case.ok_or_else(|| missing("use_case"))?,
                project: self.project.ok_or_else(|| missing("project"))?,
            },
            ScopeKind::User => ScopeObject::User { id: self.user.or(caller).ok_or_else(|| missing("user"))? },
        };
        let idle = [
            ("project", self.project.is_some() && object.project().is_none()),
            ("use_case", self.use_case.is_some() && !matches!(object, ScopeObject::UseCase { .. })),
            ("user", self.user.is_some() && !matches!(object, ScopeObject::User { .. })),
        ];
        match idle.into_iter().find(|(_, idle)| *idle) {
            Some((name, _)) => Err(Error::new(Code::Malformed, "says nothing of what is asked").at(name)),
            None => Ok(object),
        }
    }

    fn days(&self, now: Timestamp) -> Result<(Window, Window)> {
        let refused = |name| Error::new(Code::Malformed, "must be a day such as 2026-11-30").at(name);
        let day = |day: Option<Window>, name| match day {
            Some(day) if day.period() != Period::Daily => Err(refused(name)),
            day => Ok(day),
        };
        let to = day(self.last_day, "last_day")?.unwrap_or(Window::of(Period::Daily, now));
        let earlier = || std::iter::successors(Some(to), |day| Some(day.before())).nth(DAYS - 1);
        Ok((day(self.first_day, "first_day")?.or_else(earlier).unwrap_or(to), to))
    }
}

/// Read usage by day
///
/// Everybody reads their own; admins that of their organization, its projects, use cases and people; a project's admins that of its use cases.
#[utoipa::path(get, path = "/v1/organizations/{org}/usage", tag = "Quotas", params(("org" = String, Path), UsageParams),
    responses((status = 200, body = UsageView), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<UsageParams>,
) -> Reply {
    let own = caller.actor.user();
    let (object, days) = (asked.object(own)?, asked.days(app.core.mint().now())?);
    let granted = caller.grant(ReadUsage::new(object, days, own)?, org)?;
    answer::ok(UsageView::from(app.core.store.usage(&granted).await?))
}
