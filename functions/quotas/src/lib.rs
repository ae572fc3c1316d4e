//! What limits tokens, as people set it and see it: defaults, limits, top-ups, and requests for more.

mod amounts;
mod defaults;
mod effective;
mod limits;
mod named;
mod request_view;
mod requests;
mod top_ups;
mod views;
mod words;

use api::{Core, Routes};
use axum::Router;
use http::Method;
use seal::Sealer;
use utoipa::OpenApi;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Seals reasons and notes, and opens them.
    pub sealer: Sealer,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    let of_organization = "/v1/organizations/{org}/quota-defaults";
    let limits = "/v1/organizations/{org}/quotas/{kind}/{id}";
    let (top_ups, requests) = ("/v1/organizations/{org}/top-ups", "/v1/organizations/{org}/quota-requests");
    Routes::new(app.core.clone())
        .route(Method::GET, "/v1/quota-defaults", defaults::of_platform)
        .route(Method::PATCH, "/v1/quota-defaults", defaults::edit_of_platform)
        .route(Method::GET, of_organization, defaults::of_organization)
        .route(Method::PATCH, of_organization, defaults::edit_of_organization)
        .search(Method::GET, "/v1/organizations/{org}/quotas", limits::list)
        .search(Method::GET, "/v1/organizations/{org}/quotas/effective", effective::effective)
        .search(Method::GET, limits, limits::read)
        .search(Method::PUT, limits, limits::replace)
        .search(Method::PATCH, limits, limits::edit)
        .search(Method::GET, top_ups, top_ups::list)
        .route(Method::POST, top_ups, top_ups::give)
        .route(Method::GET, "/v1/organizations/{org}/top-ups/{id}", top_ups::read)
        .route(Method::POST, "/v1/organizations/{org}/top-ups/{id}/revoke", top_ups::revoke)
        .search(Method::GET, requests, requests::list)
        .route(Method::POST, requests, requests::ask)
        .route(Method::GET, "/v1/organizations/{org}/quota-requests/{id}", requests::read)
        .route(Method::POST, "/v1/organizations/{org}/quota-requests/{id}/approve", requests::approve)
        .route(Method::POST, "/v1/organizations/{org}/quota-requests/{id}/deny", requests::deny)
        .route(Method::POST, "/v1/organizations/{org}/quota-requests/{id}/cancel", requests::cancel)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(
    defaults::of_platform,
    defaults::edit_of_platform,
    defaults::of_organization,
    defaults::edit_of_organization,
    limits::list,
    effective::effective,
    limits::read,
    limits::replace,
    limits::edit,
    top_ups::list,
    top_ups::give,
    top_ups::read,
    top_ups::revoke,
    requests::list,
    requests::ask,
    requests::read,
    requests::approve,
    requests::deny,
    requests::cancel,
))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
