//! Organizations, their members and projects, and what Studio registers in projects.

mod edit_organization;
mod encryption_key;
mod life;
mod member_views;
mod members;
mod organizations;
mod project_members;
mod projects;
mod registrations;
mod views;

use api::{Core, Routes};
use axum::Router;
use http::Method;
use tenancy::Tenancy;
use utoipa::OpenApi;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Makes what a new organization stands on.
    pub tenancy: Tenancy,
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    let org = "/v1/organizations/{org}";
    let routes = Routes::new(app.core.clone())
        .route(Method::POST, "/v1/organizations", organizations::create)
        .search(Method::GET, "/v1/organizations", organizations::list)
        .route(Method::GET, org, organizations::read)
        .route(Method::PATCH, org, edit_organization::edit)
        .route(Method::POST, "/v1/organizations/{org}/archive", life::archive)
        .route(Method::POST, "/v1/organizations/{org}/restore", life::restore)
        .route(Method::POST, "/v1/organizations/{org}/delete", life::delete)
        .route(Method::POST, "/v1/organizations/{org}/cancel-deletion", life::cancel_deletion)
        .search(Method::GET, "/v1/organizations/{org}/members", members::list)
        .route(Method::POST, "/v1/organizations/{org}/members", members::add)
        .route(Method::GET, "/v1/organizations/{org}/members/{user}", members::read)
        .route(Method::PATCH, "/v1/organizations/{org}/members/{user}", members::change_role)
        .route(Method::DELETE, "/v1/organizations/{org}/members/{user}", members::remove)
        .search(Method::GET, "/v1/organizations/{org}/projects", projects::list)
        .route(Method::POST, "/v1/organizations/{org}/projects", projects::create)
        .route(Method::GET, "/v1/organizations/{org}/projects/{project}", projects::read)
        .route(Method::PATCH, "/v1/organizations/{org}/projects/{project}", projects::edit)
        .route(Method::DELETE, "/v1/organizations/{org}/projects/{project}", projects::delete);
    in_projects(of_key(routes))
}

fn of_key(routes: Routes<App>) -> Routes<App> {
    routes
        .route(Method::GET, "/v1/organizations/{org}/encryption-key", encryption_key::read)
        .route(Method::PATCH, "/v1/organizations/{org}/encryption-key", encryption_key::edit)
        .route(Method::POST, "/v1/organizations/{org}/encryption-key/rotations", encryption_key::rotate)
}

fn in_projects(routes: Routes<App>) -> Routes<App> {
    routes
        .search(Method::GET, "/v1/organizations/{org}/projects/{project}/members", project_members::list)
        .route(Method::PUT, "/v1/organizations/{org}/projects/{project}/members/{user}", project_members::set)
        .route(Method::DELETE, "/v1/organizations/{org}/projects/{project}/members/{user}", project_members::remove)
        .search(Method::GET, "/v1/organizations/{org}/projects/{project}/use-cases", registrations::list_use_cases)
        .route(Method::POST, "/v1/organizations/{org}/projects/{project}/use-cases", registrations::register_use_case)
        .route(Method::GET, "/v1/organizations/{org}/projects/{project}/use-cases/{id}", registrations::read_use_case)
        .route(Method::PATCH, "/v1/organizations/{org}/projects/{project}/use-cases/{id}", registrations::edit_use_case)
        .search(Method::GET, "/v1/organizations/{org}/projects/{project}/agents", registrations::list_agents)
        .route(Method::POST, "/v1/organizations/{org}/projects/{project}/agents", registrations::register_agent)
        .route(Method::GET, "/v1/organizations/{org}/projects/{project}/agents/{id}", registrations::read_agent)
        .route(Method::PATCH, "/v1/organizations/{org}/projects/{project}/agents/{id}", registrations::edit_agent)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(
    organizations::create,
    organizations::list,
    organizations::read,
    edit_organization::edit,
    life::archive,
    life::restore,
    life::delete,
    life::cancel_deletion,
    members::list,
    members::add,
    members::read,
    members::change_role,
    members::remove,
    projects::list,
    projects::create,
    projects::read,
    projects::edit,
    projects::delete,
    project_members::list,
    project_members::set,
    project_members::remove,
    registrations::list_use_cases,
    registrations::register_use_case,
    registrations::read_use_case,
    registrations::edit_use_case,
    registrations::list_agents,
    registrations::register_agent,
    registrations::read_agent,
    registrations::edit_agent,
    encryption_key::read,
    encryption_key::edit,
    encryption_key::rotate,
))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
