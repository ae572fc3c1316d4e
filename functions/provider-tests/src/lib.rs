//! Whether a provider answers with its credential: the one function that reads credentials in order to use them.

mod test;
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
    /// Where credentials are.
    pub vault: Vault,
    /// The way to addresses that customers typed in.
    pub outbound: Outbound,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    Routes::new(app.core.clone()).route(Method::POST, "/v1/providers/{id}/test", test::of_platform).route(
        Method::POST,
        "/v1/organizations/{org}/providers/{id}/test",
        test::of_organization,
    )
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(test::of_platform, test::of_organization))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
