//! Providers of language models: the platform's and each organization's own, what they offer, and their credentials.

mod assignment;
mod bodies;
mod catalogue;
mod credential;
mod of_organization;
mod of_platform;
mod parameters;
mod rotation_bodies;
mod rotation_views;
mod rotations;
mod rotations_of_organization;
mod rotations_of_platform;
mod verbs;
mod views;

use std::sync::Arc;

use api::{Core, Routes};
use axum::Router;
use credentials::Shelf;
use outbound::Allowed;
use seal::Sealer;
use utoipa::OpenApi;
use vault::Vault;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Where credentials go.
    pub(crate) shelf: Shelf,
    /// What seals and opens organizations' default parameters.
    sealer: Sealer,
    /// Where providers may be although they are private or plain http.
    allowed: Arc<Allowed>,
}

impl App {
    /// Makes no call.
    #[must_use]
    pub fn new(core: Core, vault: Vault, sealer: Sealer, allowed: Allowed) -> Self {
        Self { core, shelf: Shelf::new(vault), sealer, allowed: Arc::new(allowed) }
    }
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    let routes = of_platform::routes(Routes::new(app.core.clone()));
    let routes = catalogue::routes(assignment::routes(of_organization::routes(routes)));
    rotations_of_organization::routes(rotations_of_platform::routes(routes))
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
    rotations_of_platform::view,
    rotations_of_platform::request,
    rotations_of_platform::cancel,
    rotations_of_platform::set_schedule,
    rotations_of_platform::remove_schedule,
    rotations_of_organization::view,
    rotations_of_organization::request,
    rotations_of_organization::cancel,
    rotations_of_organization::set_schedule,
    rotations_of_organization::remove_schedule,
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
