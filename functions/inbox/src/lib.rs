//! What a person is told in the portal, and by which channels people are told.

mod defaults;
mod list;
mod marks;
mod patches;
mod preferences;
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
        .search(Method::GET, "/v1/me/notifications", list::list)
        .route(Method::GET, "/v1/me/notifications/unread-count", marks::count)
        .route(Method::POST, "/v1/me/notifications/{notification}/read", marks::read)
        .route(Method::POST, "/v1/me/notifications/read-all", marks::read_all)
        .search(Method::GET, "/v1/me/notification-preferences", preferences::read)
        .route(Method::PATCH, "/v1/me/notification-preferences", preferences::edit)
        .route(Method::GET, "/v1/notification-defaults", defaults::of_platform)
        .route(Method::PATCH, "/v1/notification-defaults", defaults::edit_of_platform)
        .route(Method::GET, "/v1/organizations/{org}/notification-defaults", defaults::of_organization)
        .route(Method::PATCH, "/v1/organizations/{org}/notification-defaults", defaults::edit_of_organization)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(
    list::list,
    marks::count,
    marks::read,
    marks::read_all,
    preferences::read,
    preferences::edit,
    defaults::of_platform,
    defaults::edit_of_platform,
    defaults::of_organization,
    defaults::edit_of_organization,
))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
