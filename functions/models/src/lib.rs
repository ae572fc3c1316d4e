//! Which models an organization may use: what it is offered, what its admins choose, and which rule decides for a project.

mod access;
mod choices;
mod costs;
mod offered;
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
    let choices = "/v1/organizations/{org}/model-choices";
    Routes::new(app.core.clone())
        .route(Method::GET, "/v1/organizations/{org}/models", offered::list)
        .route(Method::GET, choices, choices::read)
        .route(Method::PATCH, choices, choices::edit)
        .search(Method::GET, "/v1/organizations/{org}/model-costs", costs::read)
        .route(Method::POST, "/v1/organizations/{org}/cost-comparisons", costs::compare)
        .search(Method::GET, "/v1/organizations/{org}/projects/{project}/model-access", access::explain)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(offered::list, choices::read, choices::edit, access::explain, costs::read, costs::compare))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
