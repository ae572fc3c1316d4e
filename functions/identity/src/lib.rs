//! Who somebody is: sign-in, sessions, the own profile, password and e-mail, their proofs by mail, and people as superadmins
//! see them.

mod authentication_settings;
mod change_email;
mod change_password;
mod cookie;
mod edit_me;
mod links_asked;
mod list_memberships;
mod list_sessions;
mod list_users;
mod mail_suppressions;
mod my_organizations;
mod proof;
mod read_me;
mod read_user;
mod reset_password;
mod revoke_session;
mod service_accounts;
mod set_user_status;
mod sign_in;
mod typed;
mod verify_email;
mod views;
mod vouch_for_email;
mod whoami;

use std::sync::Arc;

use api::{Core, Routes};
use axum::Router;
use http::Method;
use links::HeldKey;
use tokio::sync::OnceCell;
use utoipa::OpenApi;
use vault::Vault;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Holds the key of temporary passwords.
    pub vault: Vault,
    /// The key of the links that mails carry.
    links: HeldKey,
    /// That key, once it was read.
    keys: Arc<OnceCell<Arc<passwords::Keys>>>,
}

impl App {
    /// Makes no call.
    #[must_use]
    pub fn new(core: Core, vault: Vault) -> Self {
        let links = HeldKey::new(vault.clone(), core.random);
        Self { core, vault, links, keys: Arc::default() }
    }
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    let routes = Routes::new(app.core.clone())
        .open(Method::POST, "/v1/sessions", sign_in::sign_in)
        .search(Method::GET, "/v1/sessions", list_sessions::list)
        .route(Method::DELETE, "/v1/sessions/{session}", revoke_session::revoke)
        .route(Method::GET, "/v1/me", read_me::read)
        .route(Method::PATCH, "/v1/me", edit_me::edit)
        .search(Method::GET, "/v1/me/organizations", my_organizations::list)
        .route(Method::POST, "/v1/me/password", change_password::change)
        .route(Method::POST, "/v1/me/email", change_email::ask)
        .open(Method::POST, "/v1/email-changes/confirm", change_email::confirm)
        .open(Method::POST, "/v1/email-verifications", verify_email::ask)
        .open(Method::POST, "/v1/email-verifications/confirm", verify_email::confirm)
        .open(Method::POST, "/v1/password-resets", reset_password::ask)
        .open(Method::POST, "/v1/password-resets/confirm", reset_password::confirm)
        .route(Method::GET, "/v1/settings/authentication", authentication_settings::read)
        .route(Method::PATCH, "/v1/settings/authentication", authentication_settings::edit)
        .route(Method::GET, "/v1/whoami", whoami::read)
        .search(Method::GET, "/v1/users", list_users::list)
        .route(Method::GET, "/v1/users/{user}", read_user::read)
        .search(Method::GET, "/v1/users/{user}/memberships", list_memberships::list)
        .route(Method::POST, "/v1/users/{user}/suspend", set_user_status::suspend)
        .route(Method::POST, "/v1/users/{user}/reactivate", set_user_status::reactivate)
        .route(Method::POST, "/v1/users/{user}/verify", vouch_for_email::vouch)
        .search(Method::GET, "/v1/mail-suppressions", mail_suppressions::list)
        .route(Method::DELETE, "/v1/mail-suppressions/{suppression}", mail_suppressions::lift);
    service_accounts::routes(routes)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(
    sign_in::sign_in,
    list_sessions::list,
    revoke_session::revoke,
    read_me::read,
    edit_me::edit,
    my_organizations::list,
    change_password::change,
    change_email::ask,
    change_email::confirm,
    verify_email::ask,
    verify_email::confirm,
    reset_password::ask,
    reset_password::confirm,
    authentication_settings::read,
    authentication_settings::edit,
    list_users::list,
    list_memberships::list,
    read_user::read,
    set_user_status::suspend,
    set_user_status::reactivate,
    vouch_for_email::vouch,
    mail_suppressions::list,
    mail_suppressions::lift,
    whoami::read,
    service_accounts::of_organization::list,
    service_accounts::of_organization::create,
    service_accounts::of_organization::read,
    service_accounts::of_organization::edit,
    service_accounts::of_organization::delete,
    service_accounts::of_organization::list_tokens,
    service_accounts::of_organization::create_token,
    service_accounts::of_organization::revoke_token,
    service_accounts::of_platform::list,
    service_accounts::of_platform::create,
    service_accounts::of_platform::read,
    service_accounts::of_platform::edit,
    service_accounts::of_platform::delete,
    service_accounts::of_platform::list_tokens,
    service_accounts::of_platform::create_token,
    service_accounts::of_platform::revoke_token,
))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
