//! `/v1/organizations/{org}/providers[/{id}[/credential]]`

use api::{At, Body, Caller, IfMatch, Once, PageParams, PageView, Params, ProblemView, Reply, Routes};
use axum::extract::State;
use domain::OrgScope;
use domain::id::{OrganizationId, ProviderId};
use http::Method;

use crate::bodies::{CreateProviderBody, ProviderPatch};
use crate::credential::CredentialBody;
use crate::parameters::{ParametersBody, ParametersView};
use crate::views::ProviderView;
use crate::{App, parameters, verbs};

pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    let (all, one) = ("/v1/organizations/{org}/providers", "/v1/organizations/{org}/providers/{id}");
    let credential = "/v1/organizations/{org}/providers/{id}/credential";
    let parameters = "/v1/organizations/{org}/providers/{id}/parameters";
    routes
        .search(Method::GET, all, list)
        .route(Method::POST, all, create)
        .route(Method::GET, one, read)
        .route(Method::PATCH, one, edit)
        .route(Method::DELETE, one, delete)
        .route(Method::PUT, credential, set_credential)
        .route(Method::DELETE, credential, remove_credential)
        .route(Method::GET, parameters, read_parameters)
        .route(Method::PUT, parameters, set_parameters)
}

/// List providers
///
/// For owners. Oldest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/providers", tag = "Providers",
    params(("org" = String, Path), PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<ProviderView>),
        (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(page): Params<PageParams>,
) -> Reply {
    verbs::list::<OrgScope>(&app, &caller, org, &page).await
}

/// Make a provider
///
/// For owners. It has no credential yet.
#[utoipa::path(post, path = "/v1/organizations/{org}/providers", tag = "Providers", request_body = CreateProviderBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Made", body = ProviderView,
            headers(("ETag" = String), ("Location" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "The organization is not active, or another provider has that name", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or the key was used for another request", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<CreateProviderBody>,
) -> Reply {
    let list = format!("/v1/organizations/{org}/providers");
    verbs::create::<OrgScope>(&app, &caller, org, asked.command()?, sent.as_ref(), &list).await
}

/// Read a provider
///
/// For owners. Of its credential a mask and a fingerprint, never the value.
#[utoipa::path(get, path = "/v1/organizations/{org}/providers/{id}", tag = "Providers",
    params(("org" = String, Path), ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The provider", body = ProviderView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
) -> Reply {
    verbs::read::<OrgScope>(&app, &caller, org, id).await
}

/// Edit a provider
///
/// For owners. Models that are not named stay as they are. Where it speaks something else, or is called at another scheme, host or port,
/// its credential is void: a key goes nowhere but where it was meant to.
#[utoipa::path(patch, path = "/v1/organizations/{org}/providers/{id}", tag = "Providers", request_body(content = ProviderPatch, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With its changes", body = ProviderView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Another provider has that name", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<ProviderPatch>,
) -> Reply {
    verbs::edit::<OrgScope>(&app, &caller, org, asked.command(id, version)?).await
}

/// Delete a provider
///
/// For owners. Its credential goes with it.
#[utoipa::path(delete, path = "/v1/organizations/{org}/providers/{id}", tag = "Providers",
    params(("org" = String, Path), ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
) -> Reply {
    verbs::delete::<OrgScope>(&app, &caller, org, id).await
}

/// Store the credential of a provider
///
/// For owners. It goes to the vault and is shown by no route. `If-Match` says for which address and type it is meant.
#[utoipa::path(put, path = "/v1/organizations/{org}/providers/{id}/credential", tag = "Providers", request_body = CredentialBody,
    params(("org" = String, Path), ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With what may be known of it", body = ProviderView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Somebody else stores one at this moment", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or not what the type needs", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn set_credential(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<CredentialBody>,
) -> Reply {
    verbs::set_credential::<OrgScope>(&app, &caller, org, (id, version), asked).await
}

/// Remove the credential of a provider
///
/// For owners. Nothing is called with it from here on. Without one nothing happens.
#[utoipa::path(delete, path = "/v1/organizations/{org}/providers/{id}/credential", tag = "Providers",
    params(("org" = String, Path), ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "It has none"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn remove_credential(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
) -> Reply {
    verbs::remove_credential::<OrgScope>(&app, &caller, org, id).await
}

/// Read the default parameters of a provider
///
/// For owners. What goes along with every call of it where the caller does not say otherwise. They are sealed with the organization's key.
#[utoipa::path(get, path = "/v1/organizations/{org}/providers/{id}/parameters", tag = "Providers",
    params(("org" = String, Path), ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The parameters", body = ParametersView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read_parameters(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
) -> Reply {
    parameters::read::<OrgScope>(&app, &caller, org, id).await
}

/// Set the default parameters of a provider
///
/// For owners. All of them. They are sealed with the organization's key.
#[utoipa::path(put, path = "/v1/organizations/{org}/providers/{id}/parameters", tag = "Providers", request_body = ParametersBody,
    params(("org" = String, Path), ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With the new ones", body = ParametersView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "Too many, too long or too deep, or one that names a model, a prompt or a secret", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn set_parameters(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
    IfMatch(version): IfMatch,
    Body(ParametersBody { parameters: asked }): Body<ParametersBody>,
) -> Reply {
    parameters::set::<OrgScope>(&app, &caller, org, (id, version), asked).await
}
