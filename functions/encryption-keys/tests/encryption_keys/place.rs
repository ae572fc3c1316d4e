//! Everything that a turn stands on, in one process, the database and the vault behind proxies that fail on command.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_smithy_http_client::Builder;
use domain::actor::SystemPart;
use domain::encryption_key::{EncryptionKey, ReadEncryptionKey, RotateEncryptionKey};
use domain::id::UserId;
use domain::metadata::Metadata;
use domain::organization::{CreateOrganization, Organization, Placement, Provision};
use domain::scope::Platform;
use domain::{Actor, Mint, Origin, Principal, Result, Timestamp};
use embedded::faults::Options as Before;
use embedded::{Database, Proxy, database};
use encryption_keys::{App, Done, Limits};
use store::{Made, Store};
use vault::{Config, Login, Secret, Vault};
use vault_dev::{Options, Running, Server};
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};

thread_local! {
    // Each test has a thread and a runtime of its own. 2026-11-23T12:00:00Z.
    static NOW: Cell<u64> = const { Cell::new(1_795_435_200_000) };
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get())
}

pub(crate) fn pass(seconds: u64) {
    NOW.set(now().plus(Duration::from_secs(seconds)).millis());
}

/// A clock by which a second passes between any two looks at it.
pub(crate) fn hurried() -> Timestamp {
    pass(1);
    now()
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub(crate) fn mint() -> Mint {
    Mint::new(now(), random())
}

pub(crate) struct Place {
    pub(crate) database: Proxy,
    pub(crate) secrets: Proxy,
    /// Past every proxy, for what a test does and looks at.
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    pub(crate) client: aws_sdk_dynamodb::Client,
    _running: (Database, Running),
}

impl Place {
    pub(crate) async fn start() -> Self {
        let database = Database::start(database::Options::default()).await.unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let options = Options { address, root_token: "root".into(), data_file: None };
        let server = Server::start(options).await.unwrap();
        let settings = VaultClientSettingsBuilder::default().address(server.url()).token("root").build().unwrap();
        vaultrs::sys::mount::enable(&VaultClient::new(settings).unwrap(), "transit", "transit", None).await.unwrap();
        let store = store(database.endpoint());
        store.create_tables().await.unwrap();
        let plain = |upstream: &str| Before { measure: false, ..Before::before(upstream) };
        Self {
            database: Proxy::start(plain(database.endpoint())).await.unwrap(),
            secrets: Proxy::start(plain(&server.url())).await.unwrap(),
            store,
            vault: vault(&server.url()),
            client: client(database.endpoint()),
            _running: (database, server),
        }
    }

    /// The function, freshly started.
    pub(crate) fn app(&self) -> App {
        let (store, vault) = (store(self.database.endpoint()), vault(self.secrets.endpoint()));
        App { store, vault, clock: now, random, limits: Limits::default() }
    }

    pub(crate) async fn run(&self) -> Done {
        self.app().run().await.unwrap()
    }

    pub(crate) async fn organization(&self, name: &str, placement: Placement) -> Organization {
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: Default::default(),
            placement,
        };
        let granted = superadmin(None).grant(asked, Platform).unwrap();
        let begun = match self.store.create_organization(&granted, None, &mut mint()).await.unwrap() {
            Made::Now(begun) => begun,
            Made::Before(_) => panic!("made before"),
        };
        let granted = lifecycle(&begun).grant(Provision, begun.id).unwrap();
        let _ = self.store.ensure_tenant_table(&granted).await.unwrap();
        self.vault.create_organization_key(&begun.id.to_string()).await.unwrap();
        self.store.finish_provisioning(&granted, &begun, &mut mint()).await.unwrap()
    }

    pub(crate) async fn ask(&self, of: &Organization) -> Result<Made<EncryptionKey>> {
        let granted = superadmin(Some(of)).grant(RotateEncryptionKey, of.id).unwrap();
        self.store.rotate_encryption_key(&granted, None, &mut mint()).await
    }

    pub(crate) async fn key(&self, of: &Organization) -> EncryptionKey {
        let granted = superadmin(Some(of)).grant(ReadEncryptionKey, of.id).unwrap();
        self.store.read_encryption_key(&granted).await.unwrap()
    }
}

pub(crate) fn superadmin(organization: Option<&Organization>) -> Actor {
    let id = UserId::from_parts(1, 1);
    let principal =
        Principal::User { id, email: "root@x.example".into(), superadmin: true, must_change_password: false };
    let standing = organization.map(|organization| organization.standing(None, BTreeMap::new()));
    Actor { principal, standing, origin: Origin::default() }
}

pub(crate) fn lifecycle(organization: &Organization) -> Actor {
    let principal = Principal::System { part: SystemPart::TenantLifecycle, on_behalf_of: None };
    Actor { principal, ..superadmin(Some(organization)) }
}

fn store(endpoint: &str) -> Store {
    Store::new(store::Config { client: client(endpoint), prefix: "test-".into() })
}

pub(crate) fn vault(address: &str) -> Vault {
    let config = Config {
        address: address.to_owned(),
        login: Login::Token(Secret::new(b"root".to_vec())),
        mount_kv: "secret".into(),
        mount_transit: "transit".into(),
    };
    // No breaker outlives the run: each has parts of its own.
    Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"))
}

fn client(endpoint: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("KEY", "a-secret", None, None, "test"))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}
