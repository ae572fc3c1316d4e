//! `/v1/organizations/{org}/service-accounts[/{id}[/tokens[/{token}]]]`

use api::{At, Body, Caller, IfMatch, Once, PageParams, PageView, Params, ProblemView, Reply, Routes};
use axum::extract::State;
use domain::OrgScope;
use domain::id::{ApiTokenId, OrganizationId, ServiceAccountId};

use http::Method;

use crate::App;
use crate::service_accounts as verbs;
use crate::service_accounts::bodies::{CreateApiTokenBody, CreateServiceAccountBody, ServiceAccountPatch};
use crate::service_accounts::views::{ApiTokenView, ServiceAccountView};

pub(super) fn routes(routes: Routes<App>) -> Routes<App> {
    let (all, one) = ("/v1/organizations/{org}/service-accounts", "/v1/organizations/{org}/service-accounts/{id}");
    let (tokens, token) = (
        "/v1/organizations/{org}/service-accounts/{id}/tokens",
        "/v1/organizations/{org}/service-accounts/{id}/tokens/{token}",
    );
    routes
        .search(Method::GET, all, list)
        .route(Method::POST, all, create)
        .route(Method::GET, one, read)
        .route(Method::PATCH, one, edit)
        .route(Method::DELETE, one, delete)
        .search(Method::GET, tokens, list_tokens)
        .route(Method::POST, tokens, create_token)
        .route(Method::DELETE, token, revoke_token)
}

/// List service accounts
///
/// For owners. Oldest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/service-accounts", tag = "Service accounts", params(("org" = String, Path), PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<ServiceAccountView>),
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

/// Make a service account
///
/// For owners; its role is not above the caller's. It has no token yet.
#[utoipa::path(post, path = "/v1/organizations/{org}/service-accounts", tag = "Service accounts", request_body = CreateServiceAccountBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Made", body = ServiceAccountView,
            headers(("ETag" = String), ("Location" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "A project is the default one or archived", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or the key was used for another request", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<CreateServiceAccountBody>,
) -> Reply {
    let list = format!("/v1/organizations/{org}/service-accounts");
    verbs::create::<OrgScope>(&app, &caller, org, asked.command(), sent.as_ref(), &list).await
}

/// Read a service account
///
/// For owners.
#[utoipa::path(get, path = "/v1/organizations/{org}/service-accounts/{id}", tag = "Service accounts",
    params(("org" = String, Path), ("id" = String, Path, description = "The service account's id", example = "svc_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The service account", body = ServiceAccountView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or service account", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ServiceAccountId)>,
) -> Reply {
    verbs::read::<OrgScope>(&app, &caller, org, id).await
}

/// Edit or suspend a service account
///
/// For owners. Effective on its next request.
#[utoipa::path(patch, path = "/v1/organizations/{org}/service-accounts/{id}", tag = "Service accounts",
    request_body(content = ServiceAccountPatch, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("id" = String, Path, description = "The service account's id", example = "svc_01JZA000000000000000000000"),
        ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With its changes", body = ServiceAccountView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or service account", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "A project is the default one or archived", body = ProblemView,
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
    At((org, id)): At<(OrganizationId, ServiceAccountId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<ServiceAccountPatch>,
) -> Reply {
    verbs::edit::<OrgScope>(&app, &caller, org, asked.command(id, version)?).await
}

/// Delete a service account
///
/// For owners. Its tokens go with it, from their next request on.
#[utoipa::path(delete, path = "/v1/organizations/{org}/service-accounts/{id}", tag = "Service accounts",
    params(("org" = String, Path), ("id" = String, Path, description = "The service account's id", example = "svc_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or service account", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ServiceAccountId)>,
) -> Reply {
    verbs::delete::<OrgScope>(&app, &caller, org, id).await
}

/// List the tokens of a service account
///
/// For owners. Those that hold, newest first, without their secrets.
#[utoipa::path(get, path = "/v1/organizations/{org}/service-accounts/{id}/tokens", tag = "Service accounts",
    params(("org" = String, Path), ("id" = String, Path, description = "The service account's id", example = "svc_01JZA000000000000000000000"), PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<ApiTokenView>),
        (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or service account", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn list_tokens(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ServiceAccountId)>,
    Params(page): Params<PageParams>,
) -> Reply {
    verbs::list_tokens::<OrgScope>(&app, &caller, org, id, &page).await
}

/// Make a token of a service account
///
/// For owners. `token` is shown in this answer and never again, not even to a repetition with the same `Idempotency-Key`. Two tokens may hold at once, so that one can be exchanged for the other.
#[utoipa::path(post, path = "/v1/organizations/{org}/service-accounts/{id}/tokens", tag = "Service accounts", request_body = CreateApiTokenBody,
    params(("org" = String, Path), ("id" = String, Path, description = "The service account's id", example = "svc_01JZA000000000000000000000"),
        ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Made", body = ApiTokenView, headers(("Location" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or service account", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "`api-token.too-many`: two hold already", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or the key was used for another request", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn create_token(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ServiceAccountId)>,
    Once(asked, sent): Once<CreateApiTokenBody>,
) -> Reply {
    let list = format!("/v1/organizations/{org}/service-accounts/{id}/tokens");
    verbs::create_token::<OrgScope>(&app, &caller, org, asked.command(id), sent.as_ref(), &list).await
}

/// Revoke a token of a service account
///
/// For owners.
#[utoipa::path(delete, path = "/v1/organizations/{org}/service-accounts/{id}/tokens/{token}", tag = "Service accounts",
    params(("org" = String, Path), ("id" = String, Path, description = "The service account's id", example = "svc_01JZA000000000000000000000"),
        ("token" = String, Path, description = "The token's id", example = "tok_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "Revoked, from the next request on"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or service account", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "The tokens were changed at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    At((org, id, token)): At<(OrganizationId, ServiceAccountId, ApiTokenId)>,
) -> Reply {
    verbs::revoke_token::<OrgScope>(&app, &caller, org, (id, token)).await
}
