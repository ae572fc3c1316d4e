//! `/v1/organizations/{org}/quotas` and `/v1/organizations/{org}/quotas/{kind}/{id}`

use api::{At, Body, Caller, IfMatch, PageParams, PageView, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::OrganizationId;
use domain::quota::{Limiting, ListLimits, NewLimits, ReadLimits, ScopeKind, ScopeObject, SetLimits};

use crate::App;
use crate::amounts::{PeriodsBody, PeriodsEdit};
use crate::named::{WithinParams, in_path};
use crate::views::LimitsView;

/// What the path names: a kind and an id.
type Named = (OrganizationId, ScopeKind, String);

/// List explicit limits
///
/// For the organization's admins: everything that has limits of its own. A page may be empty and yet have a next one.
#[utoipa::path(get, path = "/v1/organizations/{org}/quotas", tag = "Quotas", params(("org" = String, Path), PageParams),
    responses((status = 200, body = PageView<LimitsView>), (status = 403, body = ProblemView)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ListLimits, org)?;
    let page = app.core.store.list_limits(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    answer::ok(PageView::from(page.map(|(object, limits)| LimitsView::of(org, object, &limits))))
}

/// Read the explicit limits of one thing
///
/// For the organization's admins, and of a use case for its project's admins. Where nothing was ever set the version is 0.
#[utoipa::path(get, path = "/v1/organizations/{org}/quotas/{kind}/{id}", tag = "Quotas",
    params(("org" = String, Path), ("kind" = String, Path), ("id" = String, Path), WithinParams),
    responses((status = 200, body = LimitsView), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, kind, id)): At<Named>,
    Params(within): Params<WithinParams>,
) -> Reply {
    let object = in_path(org, (kind, &id), within)?;
    let granted = caller.grant(ReadLimits { object }, org)?;
    let limits = app.core.store.read_limits(&granted).await?;
    answer::ok_tagged(LimitsView::of(org, object, &limits), limits.version)
}

/// Replace the explicit limits of one thing
///
/// The organization's own are the superadmins' to set; those of its projects and people its admins'; those of a use case its
/// project's admins' too. A limit may be lower than what was used: then nothing passes until the window is over. It binds before
/// the answer.
#[utoipa::path(put, path = "/v1/organizations/{org}/quotas/{kind}/{id}", tag = "Quotas", request_body = PeriodsBody,
    params(("org" = String, Path), ("kind" = String, Path), ("id" = String, Path), WithinParams,
        ("If-Match" = String, Header)),
    responses((status = 200, body = LimitsView), (status = 403, body = ProblemView), (status = 404, body = ProblemView),
        (status = 412, body = ProblemView), (status = 428, body = ProblemView)))]
pub(crate) async fn replace(
    State(app): State<App>,
    caller: Caller,
    At((org, kind, id)): At<Named>,
    Params(within): Params<WithinParams>,
    IfMatch(version): IfMatch,
    Body(asked): Body<PeriodsBody>,
) -> Reply {
    let object = in_path(org, (kind, &id), within)?;
    set(&app, &caller, (org, object), SetLimits { version, limits: NewLimits::Whole(asked.into()) }).await
}

/// Edit the explicit limits of one thing
///
/// As replacing them, but with a JSON merge patch: `null` takes a limit away, and then a default counts.
#[utoipa::path(patch, path = "/v1/organizations/{org}/quotas/{kind}/{id}", tag = "Quotas",
    request_body(content = PeriodsEdit, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("kind" = String, Path), ("id" = String, Path), WithinParams,
        ("If-Match" = String, Header)),
    responses((status = 200, body = LimitsView), (status = 403, body = ProblemView), (status = 404, body = ProblemView),
        (status = 412, body = ProblemView), (status = 428, body = ProblemView)))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At((org, kind, id)): At<Named>,
    Params(within): Params<WithinParams>,
    IfMatch(version): IfMatch,
    Body(asked): Body<PeriodsEdit>,
) -> Reply {
    let object = in_path(org, (kind, &id), within)?;
    set(&app, &caller, (org, object), SetLimits { version, limits: NewLimits::Patch(asked.into()) }).await
}

async fn set(app: &App, caller: &Caller, (org, object): (OrganizationId, ScopeObject), what: SetLimits) -> Reply {
    let granted = caller.grant(Limiting { object, what }, org)?;
    let limits = app.core.store.set_limits(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(LimitsView::of(org, object, &limits), limits.version)
}
