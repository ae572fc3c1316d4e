//! Everything that the sweep stands on, in one process, each part behind a proxy that fails on command.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_smithy_http_client::Builder;
use blobs::Blobs;
use domain::{Mint, Timestamp};
use embedded::faults::Options as Before;
use embedded::objects::{Grant, Options, Principal};
use embedded::{Database, ObjectStore, Proxy, database};
use store::{Store, TenantTables};
use tempfile::TempDir;
use tenancy::Tenancy;
use tenant_lifecycle::{App, Swept};
use vault::{Config, Login, Secret, Vault};
use vault_dev::{Running, Server};
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};

const BUCKET: &str = "files";
const DAY: Duration = Duration::from_secs(24 * 3600);

thread_local! {
    // Each test has a thread and a runtime of its own. 2026-11-23T12:00:00Z.
    static NOW: Cell<u64> = const { Cell::new(1_795_435_200_000) };
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get())
}

pub(crate) fn pass_days(days: u32) {
    NOW.set(now().plus(DAY * days).millis());
}

/// A clock by which 6 seconds pass between any two looks at it.
pub(crate) fn hurried() -> Timestamp {
    NOW.set(now().plus(Duration::from_secs(6)).millis());
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

pub(crate) struct Stack {
    pub(crate) database: Proxy,
    pub(crate) objects: Proxy,
    pub(crate) secrets: Proxy,
    /// Past every proxy, for what a test does and looks at.
    pub(crate) direct: Tenancy,
    pub(crate) client: aws_sdk_dynamodb::Client,
    _running: (Database, ObjectStore, Running, TempDir),
}

impl Stack {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::start(database::Options::default()).await.unwrap();
        let objects = ObjectStore::start(objects(&folder)).await.unwrap();
        let secrets = secrets().await;
        let direct = tenancy(database.endpoint(), objects.endpoint(), &secrets.url());
        direct.store.create_tables().await.unwrap();
        let plain = |upstream: &str| Before { measure: false, ..Before::before(upstream) };
        Self {
            database: Proxy::start(plain(database.endpoint())).await.unwrap(),
            objects: Proxy::start(plain(objects.endpoint())).await.unwrap(),
            secrets: Proxy::start(plain(&secrets.url())).await.unwrap(),
            direct,
            client: client(database.endpoint()),
            _running: (database, objects, secrets, folder),
        }
    }

    pub(crate) fn proxies(&self) -> [&Proxy; 3] {
        [&self.database, &self.objects, &self.secrets]
    }

    /// The function, freshly started.
    pub(crate) fn app(&self) -> App {
        let tenancy = tenancy(self.database.endpoint(), self.objects.endpoint(), self.secrets.endpoint());
        App { tenancy, clock: now, random }
    }

    /// Runs the sweep until nothing is left for a later one.
    pub(crate) async fn sweep(&self) -> Swept {
        let mut all = Swept::default();
        for _ in 0..5 {
            let swept = self.app().sweep().await.unwrap();
            all.provisioned += swept.provisioned;
            all.purged += swept.purged;
            if swept.left == 0 {
                return all;
            }
        }
        panic!("the sweep does not end: {all:?}");
    }
}

fn tenancy(database: &str, objects: &str, secrets: &str) -> Tenancy {
    let store = Store::new(store::Config { client: client(database), prefix: "test-".into() });
    // As a deployment has it: what is made must be unmade all the same.
    let store = store.with_tenant_tables(TenantTables { kms_key: None, deletion_protection: true });
    let config = Config {
        address: secrets.to_owned(),
        login: Login::Token(Secret::new(b"root".to_vec())),
        mount_kv: "secret".into(),
        mount_transit: "transit".into(),
    };
    // No breaker outlives the run: each has parts of its own.
    let vault = Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"));
    Tenancy { store, vault, blobs: blobs(objects) }
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

fn blobs(endpoint: &str) -> Blobs {
    Blobs::new(blobs::Config {
        endpoint: Some(endpoint.to_owned()),
        public_endpoint: None,
        region: "eu-central-1".to_owned(),
        bucket: BUCKET.to_owned(),
        access_key_id: "KEY".to_owned(),
        secret_access_key: "a-secret".to_owned(),
        session_token: None,
        server_side_kms_key: None,
    })
}

fn objects(folder: &TempDir) -> Options {
    let principal = Principal {
        key_id: "KEY".into(),
        secret: "a-secret".into(),
        name: "AWS:operator".into(),
        grants: vec![Grant::everything()],
    };
    Options::new(folder.path().join("objects"), BUCKET, principal)
}

async fn secrets() -> Running {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = vault_dev::Options { address, root_token: "root".into(), data_file: None };
    let server = Server::start(options).await.unwrap();
    let settings = VaultClientSettingsBuilder::default().address(server.url()).token("root").build().unwrap();
    vaultrs::sys::mount::enable(&VaultClient::new(settings).unwrap(), "transit", "transit", None).await.unwrap();
    server
}
