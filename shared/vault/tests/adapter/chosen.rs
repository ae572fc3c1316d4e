//! The server that checks speak to: the Vault that `VAULT_ADDR` and `VAULT_TOKEN` name, or else a development one of their own.
//!
//! In a real one they have mounts, policies and roles of unique names, and take them away again.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use vault::Clock;
use vault_dev::{Options, Running, Server};
use vaultrs::api::sys::requests::EnableEngineRequest;
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};
use vaultrs::error::ClientError;
use vaultrs::sys;

pub(crate) struct Chosen {
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) kv: String,
    pub(crate) transit: String,
    pub(crate) admin: VaultClient,
    /// Before the names of policies and roles.
    prefix: String,
    development: Option<Running>,
    /// What is to be taken away, by name.
    roles: Mutex<Vec<String>>,
}

impl Chosen {
    /// The Vault of the environment, if it names one.
    pub(crate) async fn start(clock: &Clock) -> Self {
        match real() {
            Some((url, token)) => Self::in_real(url, token).await,
            None => Self::development(SocketAddr::from(([127, 0, 0, 1], 0)), clock).await,
        }
    }

    /// A development server whatever the environment says: for checks that stop it, or move its clock.
    pub(crate) async fn development(address: SocketAddr, clock: &Clock) -> Self {
        let server = development(address, clock).await;
        let (url, token) = (server.url(), "root".to_owned());
        let admin = admin(&url, &token);
        sys::mount::enable(&admin, "transit", "transit", None).await.unwrap();
        sys::auth::enable(&admin, "approle", "approle", None).await.unwrap();
        let (kv, transit, prefix) = ("secret".to_owned(), "transit".to_owned(), String::new());
        Self { url, token, kv, transit, admin, prefix, development: Some(server), roles: Mutex::default() }
    }

    async fn in_real(url: String, token: String) -> Self {
        let admin = admin(&url, &token);
        let prefix = format!("portal-check-{:016x}-", rand());
        let (kv, transit) = (format!("{prefix}secret"), format!("{prefix}transit"));
        sys::mount::enable(&admin, &transit, "transit", None).await.unwrap();
        let mut version = EnableEngineRequest::builder();
        version.options([("version".to_owned(), "2".to_owned())]);
        sys::mount::enable(&admin, &kv, "kv", Some(&mut version)).await.unwrap();
        match sys::auth::enable(&admin, "approle", "approle", None).await {
            Ok(()) | Err(ClientError::APIError { code: 400, .. }) => {}
            Err(why) => panic!("approle: {why}"),
        }
        Self { url, token, kv, transit, admin, prefix, development: None, roles: Mutex::default() }
    }

    /// A name of a policy or role that is this check's own; it goes with it.
    pub(crate) fn own(&self, name: &str) -> String {
        let own = format!("{}{name}", self.prefix);
        self.roles.lock().unwrap().push(own.clone());
        own
    }

    /// A policy as `infra/vault` has it, for the mounts of this check.
    pub(crate) fn policy(&self, text: &str) -> String {
        let text = text.replace("path \"transit/", &format!("path \"{}/", self.transit));
        text.replace("path \"secret/", &format!("path \"{}/", self.kv))
    }

    /// The development server; a real one is nobody's to be stopped.
    pub(crate) fn into_development(mut self) -> Running {
        self.development.take().unwrap()
    }
}

impl Drop for Chosen {
    fn drop(&mut self) {
        if self.prefix.is_empty() {
            return;
        }
        let (url, token, mounts) = (self.url.clone(), self.token.clone(), [self.kv.clone(), self.transit.clone()]);
        let roles = std::mem::take(&mut *self.roles.lock().unwrap());
        // The check's own runtime may not be waited on here.
        let cleared = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let admin = admin(&url, &token);
                for mount in mounts {
                    sys::mount::disable(&admin, &mount).await.unwrap();
                }
                for name in roles {
                    vaultrs::auth::approle::role::delete(&admin, "approle", &name).await.unwrap();
                    sys::policy::delete(&admin, &name).await.unwrap();
                }
            });
        });
        if cleared.join().is_err() && !std::thread::panicking() {
            panic!("something of the check was left in the Vault");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the environment says which Vault is checked")]
fn real() -> Option<(String, String)> {
    let named = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    Some((named("VAULT_ADDR")?, named("VAULT_TOKEN")?))
}

fn rand() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

pub(crate) fn admin(url: &str, token: &str) -> VaultClient {
    VaultClient::new(VaultClientSettingsBuilder::default().address(url).token(token).build().unwrap()).unwrap()
}

pub(crate) async fn development(address: SocketAddr, clock: &Clock) -> Running {
    let now = Arc::clone(clock);
    let clock = Arc::new(move || Timestamp::UNIX_EPOCH + now());
    let options = Options { address, root_token: "root".to_owned(), data_file: None };
    Server::start_with_clock(options, clock).await.unwrap()
}
