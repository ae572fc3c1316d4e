//! A server, its administrator and the one clock that both sides read.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use vault::{Clock, Config, Login, Secret, Vault};
use vault_dev::Running;
use vaultrs::api::auth::approle::requests::{GenerateNewSecretIDRequest, SetAppRoleRequest};
use vaultrs::auth::approle::role;
use vaultrs::sys;

use crate::chosen::{self, Chosen};

pub(crate) struct Place {
    pub(crate) server: Chosen,
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
    /// With the Vault of the environment, or a development one.
    pub(crate) async fn start() -> Self {
        let time = Arc::default();
        Self { server: Chosen::start(&clock(&time)).await, time }
    }

    /// With a development one in any case, see [`Chosen::development`].
    pub(crate) async fn development() -> Self {
        let time = Arc::default();
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { server: Chosen::development(loopback, &clock(&time)).await, time }
    }

    /// Ends the server; what comes back can start another in its place.
    pub(crate) async fn end(self) -> (SocketAddr, Arc<Mutex<Duration>>) {
        let Self { server, time } = self;
        let server = server.into_development();
        let address = server.address();
        server.stop().await;
        (address, time)
    }

    /// Time passes for both sides; only a development server follows.
    pub(crate) fn pass(&self, seconds: u64) {
        *self.time.lock().unwrap() += Duration::from_secs(seconds);
    }

    pub(crate) fn with(&self, login: Login) -> Vault {
        let config = Config {
            address: self.server.url.clone(),
            login,
            mount_kv: self.server.kv.clone(),
            mount_transit: self.server.transit.clone(),
        };
        Vault::new(config, clock(&self.time)).unwrap_or_else(|fault| panic!("{fault}"))
    }

    pub(crate) fn root(&self) -> Vault {
        self.with(Login::Token(secret(&self.server.token)))
    }

    /// A handle that logs in with a role of its own.
    pub(crate) async fn role(&self, name: &str, terms: Terms) -> Vault {
        let (admin, name) = (&self.server.admin, self.server.own(name));
        sys::policy::set(admin, &name, &self.server.policy(terms.policy)).await.unwrap();
        let mut wish = SetAppRoleRequest::builder();
        wish.token_policies(vec![name.clone()]).token_ttl(terms.token_ttl).token_max_ttl(terms.token_max_ttl);
        wish.secret_id_num_uses(terms.logins);
        role::set(admin, "approle", &name, Some(&mut wish)).await.unwrap();
        let role_id = role::read_id(admin, "approle", &name).await.unwrap().role_id;
        let mut fresh = GenerateNewSecretIDRequest::builder();
        let secret_id = role::secret::generate(admin, "approle", &name, Some(&mut fresh)).await.unwrap().secret_id;
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
    chosen::development(address, &clock(time)).await
}
