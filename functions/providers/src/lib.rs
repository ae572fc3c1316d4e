//! Providers of language models: the platform's and each organization's own, what they offer, and their credentials.

mod assignment;
mod bodies;
mod catalogue;
mod credential;
mod of_organization;
mod of_platform;
mod parameters;
mod verbs;
mod views;

use std::sync::Arc;

use api::{Core, Routes};
use axum::Router;
use outbound::Allowed;
use seal::Sealer;
use tokio::sync::OnceCell;
use utoipa::OpenApi;
use vault::{Secret, Vault};

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Where credentials go.
    pub vault: Vault,
    /// What seals and opens organizations' default parameters.
    sealer: Sealer,
    /// Where providers may be although they are private or plain http.
    allowed: Arc<Allowed>,
    /// The key of fingerprints, once it was read.
    fingerprints: Arc<OnceCell<Secret>>,
}

impl App {
    /// Makes no call.
    #[must_use]
    pub fn new(core: Core, vault: Vault, sealer: Sealer, allowed: Allowed) -> Self {
        Self { core, vault, sealer, allowed: Arc::new(allowed), fingerprints: Arc::default() }
    }
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    let routes = of_platform::routes(Routes::new(app.core.clone()));
    catalogue::routes(assignment::routes(of_organization::routes(routes)))
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(
    of_platform::list,
    of_platform::create,
    of_platform::read,
    of_platform::edit,
    of_platform::delete,
    of_platform::set_credential,
    of_platform::remove_credential,
    of_platform::read_parameters,
    of_platform::set_parameters,
    of_organization::list,
    of_organization::create,
    of_organization::read,
    of_organization::edit,
    of_organization::delete,
    of_organization::set_credential,
    of_organization::remove_credential,
    of_organization::read_parameters,
    of_organization::set_parameters,
    assignment::list,
    assignment::assign,
    assignment::unassign,
    catalogue::read,
    catalogue::edit,
))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
