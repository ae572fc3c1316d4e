//! `GET /v1/organizations/{org}/quotas/effective`

use api::{At, Caller, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{OrganizationId, ProjectId, UseCaseId, UserId};
use domain::quota::{InProject, ReadOwnStandings, ReadStandings};
use domain::{Code, Error, Result};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::views::EffectiveQuotasView;

/// Of whom and in which project.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EffectiveParams {
    /// A project.
    #[param(value_type = Option<String>)]
    project: Option<ProjectId>,
    /// A use case of that project.
    #[param(value_type = Option<String>)]
    use_case: Option<UseCaseId>,
    /// A person of the organization; the caller if left out. Others are for the organization's admins.
    #[param(value_type = Option<String>)]
    user: Option<UserId>,
}

impl EffectiveParams {
    fn within(&self) -> Result<Option<InProject>> {
        match (self.project, self.use_case) {
            (None, Some(_)) => Err(Error::new(Code::Malformed, "name the project of the use case").at("project")),
            (project, use_case) => Ok(project.map(|project| InProject { project, use_case })),
        }
    }
}

/// See what binds somebody, and how far it is used
///
/// For the organization, a person, and a project and use case where those are named: each period's limit with where it comes
/// from, top-ups, what is used and held, what remains and when it resets, and what is the tightest of all. Members see their own,
/// in the projects that they are in; admins everybody's.
#[utoipa::path(get, path = "/v1/organizations/{org}/quotas/effective", tag = "Quotas",
    params(("org" = String, Path), EffectiveParams),
    responses((status = 200, body = EffectiveQuotasView), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub(crate) async fn effective(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<EffectiveParams>,
) -> Reply {
    let (store, now, within) = (&app.core.store, app.core.now(), asked.within()?);
    let things = match asked.user.filter(|user| caller.actor.user() != Some(*user)) {
        Some(user) => store.standings_of(&caller.grant(ReadStandings { within, user }, org)?, now).await?,
        None => store.own_standings(&caller.grant(ReadOwnStandings { within }, org)?, now).await?,
    };
    answer::ok(EffectiveQuotasView::of(org, &things, now))
}
