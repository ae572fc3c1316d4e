//! `GET` and `PATCH` of `/v1/quota-defaults` and of `/v1/organizations/{org}/quota-defaults`

use api::{Body, Caller, IfMatch, ProblemView, Reply, answer};
use axum::extract::State;
use domain::quota::{EditQuotaDefaults, ReadQuotaDefaults};
use domain::scope::Platform;

use crate::App;
use crate::amounts::{OrganizationDefaultsEdit, PlatformDefaultsEdit};
use crate::views::{OrganizationDefaultsView, PlatformDefaultsView};

/// Read the platform's quota defaults
///
/// For superadmins. What counts for whatever has no limit of its own, where its organization says nothing either.
#[utoipa::path(get, path = "/v1/quota-defaults", tag = "Quotas",
    responses((status = 200, body = PlatformDefaultsView), (status = 403, body = ProblemView)))]
pub(crate) async fn of_platform(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(ReadQuotaDefaults::new(), Platform)?;
    let defaults = app.core.store.platform_quota_defaults(&granted).await?;
    answer::ok_tagged(PlatformDefaultsView::from(&defaults), defaults.version)
}

/// Edit the platform's quota defaults
///
/// For superadmins. A JSON merge patch on the version that `If-Match` names. It acts on every check from then on; no explicit
/// limit is touched.
#[utoipa::path(patch, path = "/v1/quota-defaults", tag = "Quotas",
    request_body(content = PlatformDefaultsEdit, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header)),
    responses((status = 200, body = PlatformDefaultsView), (status = 403, body = ProblemView),
        (status = 412, body = ProblemView), (status = 428, body = ProblemView)))]
pub(crate) async fn edit_of_platform(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Body(patch): Body<PlatformDefaultsEdit>,
) -> Reply {
    let granted = caller.grant(EditQuotaDefaults::of_platform(version, patch.into()), Platform)?;
    let defaults = app.core.store.edit_platform_quota_defaults(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(PlatformDefaultsView::from(&defaults), defaults.version)
}

/// Read an organization's quota defaults
///
/// For its admins. What counts for its projects, use cases and people that have no limit of their own.
#[utoipa::path(get, path = "/v1/organizations/{org}/quota-defaults", tag = "Quotas", params(("org" = String, Path)),
    responses((status = 200, body = OrganizationDefaultsView), (status = 403, body = ProblemView)))]
pub(crate) async fn of_organization(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(ReadQuotaDefaults::new(), caller.organization_id()?)?;
    let layers = app.core.store.organization_quota_defaults(&granted).await?;
    answer::ok_tagged(OrganizationDefaultsView::from(&layers), layers.own.version)
}

/// Edit an organization's quota defaults
///
/// For its admins. A JSON merge patch on the version that `If-Match` names. It acts on every check from then on; no explicit
/// limit is touched. The organization's own ceiling is not among them.
#[utoipa::path(patch, path = "/v1/organizations/{org}/quota-defaults", tag = "Quotas",
    request_body(content = OrganizationDefaultsEdit, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = OrganizationDefaultsView), (status = 403, body = ProblemView),
        (status = 412, body = ProblemView), (status = 428, body = ProblemView)))]
pub(crate) async fn edit_of_organization(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Body(patch): Body<OrganizationDefaultsEdit>,
) -> Reply {
    let asked = EditQuotaDefaults::of_organization(version, patch.into());
    let granted = caller.grant(asked, caller.organization_id()?)?;
    let name = caller.organization()?.name.as_str();
    let layers = app.core.store.edit_organization_quota_defaults(&granted, name, &mut app.core.mint()).await?;
    answer::ok_tagged(OrganizationDefaultsView::from(&layers), layers.own.version)
}
