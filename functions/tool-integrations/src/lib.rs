//! Tool integrations: MCP servers of the platform and of organizations, and OAuth clients of organizations.

mod credential;
mod keeper;
mod mcp_servers;
mod oauth_clients;
mod typed;

use std::sync::Arc;

use api::{Core, Routes};
use axum::Router;
use domain::{Code, Error, Result};
use outbound::{Address, Allowed};
use utoipa::OpenApi;
use vault::Vault;

use crate::keeper::Keeper;

/// Where the key of fingerprints lies.
const KEY_PATH: &str = "platform/keys/tool-fingerprints";

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Where credentials go.
    keeper: Keeper,
    /// Where servers may be although they are private or plain http.
    allowed: Arc<Allowed>,
}

impl App {
    /// Makes no call.
    #[must_use]
    pub fn new(core: Core, vault: Vault, allowed: Allowed) -> Self {
        let keeper = Keeper::new(vault, core.random, KEY_PATH);
        Self { core, keeper, allowed: Arc::new(allowed) }
    }

    /// Whether something may be there, as far as that is known without asking for its name: a call asks, and decides. Only who
    /// may manage integrations is answered: what is on the operator's list is nobody else's to find out.
    fn admit(&self, address: &str, pointer: &'static str) -> Result<()> {
        let refused = |words: String| Error::new(Code::Invalid, words).at(pointer);
        let address = Address::try_from(address).map_err(|why| refused(why.0.to_owned()))?;
        self.allowed.admits(&address).map_err(|fault| refused(fault.to_string()))
    }
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    let routes = mcp_servers::of_platform::routes(Routes::new(app.core.clone()));
    oauth_clients::routes(mcp_servers::of_organization::routes(routes))
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(
    mcp_servers::of_platform::list,
    mcp_servers::of_platform::create,
    mcp_servers::of_platform::read,
    mcp_servers::of_platform::edit,
    mcp_servers::of_platform::delete,
    mcp_servers::of_platform::tools,
    mcp_servers::of_platform::set_credential,
    mcp_servers::of_platform::remove_credential,
    mcp_servers::of_organization::list,
    mcp_servers::of_organization::create,
    mcp_servers::of_organization::read,
    mcp_servers::of_organization::edit,
    mcp_servers::of_organization::delete,
    mcp_servers::of_organization::tools,
    mcp_servers::of_organization::set_credential,
    mcp_servers::of_organization::remove_credential,
    oauth_clients::list,
    oauth_clients::create,
    oauth_clients::read,
    oauth_clients::edit,
    oauth_clients::delete,
    oauth_clients::set_credential,
    oauth_clients::remove_credential,
))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
