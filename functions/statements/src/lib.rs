//! What was used, as people read it: usage by day, and the statements of months.

mod files;
mod statements;
mod usage;
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
        .search(Method::GET, "/v1/organizations/{org}/usage", usage::read)
        .search(Method::GET, "/v1/organizations/{org}/statements", statements::list)
        .search(Method::GET, "/v1/organizations/{org}/statements/{month}", statements::read)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(usage::read, statements::list, statements::read))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
