//! `/v1/providers/{id}/organizations[/{org}]`

use api::{At, Caller, Nothing, OptionalBody, PageParams, PageView, Params, ProblemView, Reply, Routes, answer};
use axum::extract::State;
use domain::id::{OrganizationId, ProviderId};
use domain::provider::{AssignProvider, ProviderUser, ReadProviderUsers, Use};
use domain::scope::Platform;
use http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

/// An organization that has to do with a provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderUserView {
    /// Its id.
    #[schema(example = "org_01JZA000000000000000000000")]
    organization_id: String,
    /// `assigned`: it is on the provider's list; `default`: the provider is its default.
    #[schema(value_type = String, example = "assigned")]
    uses: Use,
}

impl From<ProviderUser> for ProviderUserView {
    fn from(ProviderUser { organization, uses }: ProviderUser) -> Self {
        Self { organization_id: organization.to_string(), uses }
    }
}

pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    let (all, one) = ("/v1/providers/{id}/organizations", "/v1/providers/{id}/organizations/{org}");
    routes.search(Method::GET, all, list).route(Method::PUT, one, assign).route(Method::DELETE, one, unassign)
}

/// List who uses a provider of the platform
///
/// For superadmins. The organizations on its list, and those whose default it is; it is deleted when there are none.
#[utoipa::path(get, path = "/v1/providers/{id}/organizations", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<ProviderUserView>),
        (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ProviderId>,
    Params(page): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ReadProviderUsers { id }, Platform)?;
    let page = app.core.store.provider_users(&granted, page.cursor().as_ref(), page.limit()).await?;
    answer::ok(PageView::from(page.map(ProviderUserView::from)))
}

/// Put an organization on the list of a provider
///
/// For superadmins. The list counts where the provider's `assignment` is `listed`.
#[utoipa::path(put, path = "/v1/providers/{id}/organizations/{org}", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"),
        ("org" = String, Path)),
    responses(
        (status = 204, description = "It is on the list"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider or organization", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn assign(
    State(app): State<App>,
    caller: Caller,
    At((id, organization)): At<(ProviderId, OrganizationId)>,
    _: OptionalBody<Nothing>,
) -> Reply {
    list_or_not(&app, &caller, AssignProvider { id, organization, listed: true }).await
}

/// Take an organization off the list of a provider
///
/// For superadmins. Where it is not on it nothing happens.
#[utoipa::path(delete, path = "/v1/providers/{id}/organizations/{org}", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"),
        ("org" = String, Path)),
    responses(
        (status = 204, description = "It is not on the list"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn unassign(
    State(app): State<App>,
    caller: Caller,
    At((id, organization)): At<(ProviderId, OrganizationId)>,
) -> Reply {
    list_or_not(&app, &caller, AssignProvider { id, organization, listed: false }).await
}

async fn list_or_not(app: &App, caller: &Caller, asked: AssignProvider) -> Reply {
    let granted = caller.grant(asked, Platform)?;
    app.core.store.assign_provider(&granted, &mut app.core.mint()).await?;
    answer::no_content()
}
