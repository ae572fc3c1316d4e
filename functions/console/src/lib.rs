//! What anybody may see: whether the product answers, and how it is spoken to.

mod describe;
mod health;
mod html;
mod otherwise;
mod pages;
mod problems;
mod render;

use api::{Core, Routes};
use axum::Router;
use utoipa::OpenApi;

pub use describe::describe;
pub use render::render;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// Unused but for the routes' common form: every route here is open.
    pub core: Core,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    Routes::new(app.core.clone())
        .page("/", pages::home)
        .page("/docs", pages::docs)
        .page("/v1/health", health::health)
        .page("/v1/openapi.json", pages::openapi)
        .otherwise(otherwise::otherwise)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(health::health, pages::openapi))]
struct Description;

/// The OpenAPI document of this function's routes; the pages are for people and not in it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
