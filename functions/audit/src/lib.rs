//! The audit log as people read it: an organization's, and everybody's for superadmins.

mod events;

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
        .search(Method::GET, "/v1/audit-events", events::everybodys)
        .search(Method::GET, "/v1/organizations/{org}/audit-events", events::organizations)
        .search(Method::GET, "/v1/organizations/{org}/activity", events::own)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(events::everybodys, events::organizations, events::own))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
