//! What the runtime makes a reserved call with: where, with which parameters, and a token that fetches the credential once. Nothing
//! secret passes through here.

mod bodies;
mod lease;
mod views;

use api::{Core, Routes};
use axum::Router;
use http::Method;
use seal::Sealer;
use utoipa::OpenApi;
use vault::Vault;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Where credentials are, which it may let others fetch and not read.
    pub vault: Vault,
    /// What opens an organization's default parameters.
    pub sealer: Sealer,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    Routes::new(app.core.clone()).proving(Method::POST, "/v1/credential-leases", lease::lease)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(lease::lease))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
