//! The check that stands before every model call: tokens are reserved, and settled or released after it.

mod bodies;
mod lease_bodies;
mod leases;
mod release;
mod reserve;
mod settle;
mod views;

use api::{Core, Routes};
use axum::Router;
use http::Method;
use utoipa::OpenApi;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    Routes::new(app.core.clone())
        .proving(Method::POST, "/v1/quota-reservations", reserve::reserve)
        .proving(Method::POST, "/v1/quota-reservations/{id}/settle", settle::settle)
        .proving(Method::POST, "/v1/quota-reservations/{id}/release", release::release)
        .proving(Method::POST, "/v1/token-leases", leases::take)
        .proving(Method::POST, "/v1/token-leases/{id}/return", leases::give_back)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(reserve::reserve, settle::settle, release::release, leases::take, leases::give_back))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
