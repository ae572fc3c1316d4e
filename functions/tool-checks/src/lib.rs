//! What an MCP server offers, asked now, with the headers that are stored of it.

mod discover;
mod views;

use api::{Core, Routes};
use axum::Router;
use http::Method;
use outbound::Outbound;
use utoipa::OpenApi;
use vault::Vault;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Where headers are.
    pub vault: Vault,
    /// The way to addresses that customers typed in.
    pub outbound: Outbound,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    Routes::new(app.core.clone()).route(Method::POST, "/v1/mcp-servers/{id}/discover", discover::of_platform).route(
        Method::POST,
        "/v1/organizations/{org}/mcp-servers/{id}/discover",
        discover::of_organization,
    )
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(discover::of_platform, discover::of_organization))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
