//! Bulk imports as superadmins see them: the template, a place to upload to, jobs and their results.

mod jobs;
mod request;
mod result;
mod template;
mod views;

use api::{Core, Routes};
use axum::Router;
use blobs::Blobs;
use http::Method;
use utoipa::OpenApi;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Uploads and results.
    pub blobs: Blobs,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    Routes::new(app.core.clone())
        .route(Method::GET, "/v1/imports/template", template::template)
        .route(Method::POST, "/v1/imports", request::request)
        .search(Method::GET, "/v1/imports", jobs::list)
        .route(Method::GET, "/v1/imports/{import}", jobs::read)
        .route(Method::GET, "/v1/imports/{import}/result", result::result)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(template::template, request::request, jobs::list, jobs::read, result::result))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
