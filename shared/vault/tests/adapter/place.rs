//! A server, its administrator and the one clock that both sides read.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use vault::{Clock, Config, Login, Secret, Vault};
use vault_dev::{Options, Running, Server};
use vaultrs::api::auth::approle::requests::{GenerateNewSecretIDRequest, SetAppRoleRequest};
use vaultrs::auth::approle::role;
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};
use vaultrs::sys;

pub(crate) struct Place {
    pub(crate) server: Running,
    pub(crate) admin: VaultClient,
    time: Arc<Mutex<Duration>>,
}

/// What a role's logins are worth.
pub(crate) struct Terms {
    pub(crate) policy: &'static str,
    pub(crate) token_ttl: &'static str,
    pub(crate) token_max_ttl: &'static str,
    pub(crate) logins: u64,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let time = Arc::new(Mutex::new(Duration::ZERO));
        let server = start_server(SocketAddr::from(([127, 0, 0, 1], 0)), &time).await;
        let settings = VaultClientSettingsBuilder::default().address(server.url()).token("root").build().unwrap();
        let admin = VaultClient::new(settings).unwrap();
        sys::mount::enable(&admin, "transit", "transit", None).await.unwrap();
        sys::auth::enable(&admin, "approle", "approle", None).await.unwrap();
        Self { server, admin, time }
    }

    /// Ends the server; what comes back can start another in its place.
    pub(crate) async fn end(self) -> (SocketAddr, Arc<Mutex<Duration>>) {
        let Self { server, time, .. } = self;
        let address = server.address();
        server.stop().await;
        (address, time)
    }

    pub(crate) fn pass(&self, seconds: u64) {
        *self.time.lock().unwrap() += Duration::from_secs(seconds);
    }

    pub(crate) fn with(&self, login: Login) -> Vault {
        let config = Config {
            address: self.server.url(),
            login,
            mount_kv: "secret".to_owned(),
            mount_transit: "transit".to_owned(),
        };
        Vault::new(config, clock(&self.time)).unwrap_or_else(|fault| panic!("{fault}"))
    }

    pub(crate) fn root(&self) -> Vault {
        self.with(Login::Token(secret("root")))
    }

    /// A handle that logs in with a role of its own.
    pub(crate) async fn role(&self, name: &str, terms: Terms) -> Vault {
        sys::policy::set(&self.admin, name, terms.policy).await.unwrap();
        let mut wish = SetAppRoleRequest::builder();
        wish.token_policies(vec![name.to_owned()]).token_ttl(terms.token_ttl).token_max_ttl(terms.token_max_ttl);
        wish.secret_id_num_uses(terms.logins);
        role::set(&self.admin, "approle", name, Some(&mut wish)).await.unwrap();
        let role_id = role::read_id(&self.admin, "approle", name).await.unwrap().role_id;
        let mut fresh = GenerateNewSecretIDRequest::builder();
        let secret_id = role::secret::generate(&self.admin, "approle", name, Some(&mut fresh)).await.unwrap().secret_id;
        self.with(Login::AppRole { role_id, secret_id: secret(&secret_id) })
    }
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

pub(crate) fn clock(time: &Arc<Mutex<Duration>>) -> Clock {
    let time = Arc::clone(time);
    Arc::new(move || *time.lock().unwrap())
}

pub(crate) async fn start_server(address: SocketAddr, time: &Arc<Mutex<Duration>>) -> Running {
    let now = clock(time);
    let clock = Arc::new(move || Timestamp::UNIX_EPOCH + now());
    let options = Options { address, root_token: "root".to_owned(), data_file: None };
    Server::start_with_clock(options, clock).await.unwrap()
}
