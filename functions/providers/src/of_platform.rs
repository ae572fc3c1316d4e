//! `/v1/providers[/{id}[/credential]]`

use api::{At, Body, Caller, IfMatch, Once, PageParams, PageView, Params, ProblemView, Reply, Routes};
use axum::extract::State;
use domain::PlatformScope;
use domain::id::ProviderId;
use domain::scope::Platform;
use http::Method;

use crate::bodies::{CreateProviderBody, ProviderPatch};
use crate::credential::CredentialBody;
use crate::parameters::{ParametersBody, ParametersView};
use crate::views::ProviderView;
use crate::{App, parameters, verbs};

pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    let (all, one) = ("/v1/providers", "/v1/providers/{id}");
    let (credential, parameters) = ("/v1/providers/{id}/credential", "/v1/providers/{id}/parameters");
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

/// List providers of the platform
///
/// For superadmins. Oldest first.
#[utoipa::path(get, path = "/v1/providers", tag = "Platform providers",
    params(PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<ProviderView>),
        (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Params(page): Params<PageParams>) -> Reply {
    verbs::list::<PlatformScope>(&app, &caller, Platform, &page).await
}

/// Make a provider of the platform
///
/// For superadmins. It has no credential yet.
#[utoipa::path(post, path = "/v1/providers", tag = "Platform providers", request_body = CreateProviderBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Made", body = ProviderView,
            headers(("ETag" = String), ("Location" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Another provider has that name", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or the key was used for another request", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Once(asked, sent): Once<CreateProviderBody>,
) -> Reply {
    verbs::create::<PlatformScope>(&app, &caller, Platform, asked.command()?, sent.as_ref(), "/v1/providers").await
}

/// Read a provider of the platform
///
/// For superadmins. Of its credential a mask and a fingerprint, never the value.
#[utoipa::path(get, path = "/v1/providers/{id}", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The provider", body = ProviderView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, At(id): At<ProviderId>) -> Reply {
    verbs::read::<PlatformScope>(&app, &caller, Platform, id).await
}

/// Edit a provider of the platform
///
/// For superadmins. Models that are not named stay as they are. Where it speaks something else, or is called at another scheme, host or port,
/// its credential is void: a key goes nowhere but where it was meant to.
#[utoipa::path(patch, path = "/v1/providers/{id}", tag = "Platform providers", request_body(content = ProviderPatch, content_type = "application/merge-patch+json"),
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With its changes", body = ProviderView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView,
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
    At(id): At<ProviderId>,
    IfMatch(version): IfMatch,
    Body(asked): Body<ProviderPatch>,
) -> Reply {
    verbs::edit::<PlatformScope>(&app, &caller, Platform, asked.command(id, version)?).await
}

/// Delete a provider of the platform
///
/// For superadmins. Its credential goes with it.
#[utoipa::path(delete, path = "/v1/providers/{id}", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn delete(State(app): State<App>, caller: Caller, At(id): At<ProviderId>) -> Reply {
    verbs::delete::<PlatformScope>(&app, &caller, Platform, id).await
}

/// Store the credential of a provider of the platform
///
/// For superadmins. It goes to the vault and is shown by no route. `If-Match` says for which address and type it is meant.
#[utoipa::path(put, path = "/v1/providers/{id}/credential", tag = "Platform providers", request_body = CredentialBody,
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With what may be known of it", body = ProviderView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView,
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
    At(id): At<ProviderId>,
    IfMatch(version): IfMatch,
    Body(asked): Body<CredentialBody>,
) -> Reply {
    verbs::set_credential::<PlatformScope>(&app, &caller, Platform, (id, version), asked).await
}

/// Remove the credential of a provider of the platform
///
/// For superadmins. Nothing is called with it from here on. Without one nothing happens.
#[utoipa::path(delete, path = "/v1/providers/{id}/credential", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "It has none"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn remove_credential(State(app): State<App>, caller: Caller, At(id): At<ProviderId>) -> Reply {
    verbs::remove_credential::<PlatformScope>(&app, &caller, Platform, id).await
}

/// Read the default parameters of a provider
///
/// For superadmins. What goes along with every call of it where the caller does not say otherwise.
#[utoipa::path(get, path = "/v1/providers/{id}/parameters", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The parameters", body = ParametersView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read_parameters(State(app): State<App>, caller: Caller, At(id): At<ProviderId>) -> Reply {
    parameters::read::<PlatformScope>(&app, &caller, Platform, id).await
}

/// Set the default parameters of a provider
///
/// For superadmins. All of them.
#[utoipa::path(put, path = "/v1/providers/{id}/parameters", tag = "Platform providers", request_body = ParametersBody,
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With the new ones", body = ParametersView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "Too many, too long or too deep, or one that names a model, a prompt or a secret", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn set_parameters(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ProviderId>,
    IfMatch(version): IfMatch,
    Body(ParametersBody { parameters: asked }): Body<ParametersBody>,
) -> Reply {
    parameters::set::<PlatformScope>(&app, &caller, Platform, (id, version), asked).await
}
