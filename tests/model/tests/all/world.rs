//! The functions behind their edge, on one database, with a clock that the test moves and a proxy that disturbs.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::{ClientAddress, Core, Settings};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use axum::Router;
use axum::body::Body;
use blobs::Blobs;
use domain::{Mint, Timestamp};
use embedded::faults::{Options as Before, Seen};
use embedded::{Database, Proxy};
use http::Request;
use http_body_util::BodyExt;
use links::HeldKey;
use model::Fault;
use serde_json::Value;
use store::Store;
use tenancy::Tenancy;
use tower::ServiceExt;
use vault::{Config, Login, Secret, Vault};
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};

/// 2026-11-23T12:00:00Z.
const BEGIN: u64 = 1_795_435_200_000;
const SITE: &str = "https://portal.example";

thread_local! {
    // The test has a thread and a runtime of its own.
    static NOW: Cell<u64> = const { Cell::new(BEGIN) };
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get())
}

pub(crate) fn set_clock(millis: u64) {
    NOW.set(millis);
}

pub(crate) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub(crate) fn mint() -> Mint {
    Mint::new(now(), random())
}

pub(crate) struct World {
    pub(crate) store: Store,
    /// The tables themselves: what no route shows.
    pub(crate) client: Client,
    pub(crate) key: HeldKey,
    /// How often something went wrong below the store.
    pub(crate) disturbed: usize,
    /// How many histories were played.
    pub(crate) played: usize,
    /// How often each kind of command had each answer.
    pub(crate) answered: BTreeMap<(String, String), usize>,
    router: Router,
    disturbable: Router,
    proxy: Proxy,
    _running: (Database, vault_dev::Running, tempfile::TempDir),
}

impl World {
    pub(crate) async fn start() -> Self {
        // In a file: in memory the stream of ten thousand events has no index.
        let folder = tempfile::tempdir().unwrap();
        let options = embedded::database::Options { path: Some(folder.path().join("tables")), ..Default::default() };
        let database = Database::start(options).await.unwrap();
        let proxy = Proxy::start(Before { measure: false, ..Before::before(database.endpoint()) }).await.unwrap();
        let (secrets, vault) = secrets().await;
        let client = client(database.endpoint());
        let (store, disturbed) = (tables(client.clone()), tables(self::client(proxy.endpoint())));
        store.create_tables().await.unwrap();
        let key = HeldKey::new(vault.clone(), random);
        Self {
            router: router(&store, &vault, &key),
            disturbable: router(&disturbed, &vault, &key),
            store,
            client,
            key,
            disturbed: 0,
            played: 0,
            answered: BTreeMap::new(),
            proxy,
            _running: (database, secrets, folder),
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Heard {
        heard(&self.router, request).await
    }

    /// Sends it while that goes wrong.
    pub(crate) async fn send_disturbed(&mut self, request: Request<Body>, fault: Fault) -> Heard {
        self.disturbed += 1;
        self.proxy.script(script(fault));
        let heard = heard(&self.disturbable, request).await;
        self.proxy.clear();
        let _ = self.proxy.take_log();
        heard
    }
}

fn script(fault: Fault) -> impl FnMut(&Seen) -> embedded::faults::Fault + Send + 'static {
    use embedded::faults::Fault as Below;
    let mut struck = false;
    move |seen| {
        let first_transaction = seen.operation == "TransactWriteItems" && !struck;
        let below = match fault {
            Fault::Conflict if first_transaction => Below::Conflict,
            Fault::Unfinished if first_transaction => Below::Unfinished,
            Fault::Throttle(number) if seen.number == number => Below::Throttle,
            Fault::LostBefore(number) if seen.number == number => Below::DropBefore,
            Fault::LostAfter(number) if seen.number == number => Below::DropAfter,
            _ => Below::Pass,
        };
        struck |= first_transaction;
        below
    }
}

/// An answer.
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Heard {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Nobody knows what became of the request.
    pub(crate) fn is_unknown(&self) -> bool {
        self.status >= 500 || ["resource.busy", "idempotency.in-progress"].contains(&self.code())
    }
}

async fn heard(router: &Router, mut request: Request<Body>) -> Heard {
    request.extensions_mut().insert(ClientAddress("192.0.2.1".to_owned()));
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Heard { status: parts.status.as_u16(), body: serde_json::from_slice(&bytes).unwrap_or_default() }
}

fn router(store: &Store, vault: &Vault, key: &HeldKey) -> Router {
    let settings = Settings { public_url: SITE.to_owned() };
    let core = Core { store: store.clone(), settings, clock: now, random };
    let tenancy = Tenancy { store: store.clone(), vault: vault.clone(), blobs: no_objects() };
    let invitations =
        invitations::App { core: core.clone(), key: key.clone(), portal: SITE.to_owned().try_into().unwrap() };
    let all = Router::new()
        .merge(identity::router(identity::App::new(core.clone(), vault.clone())))
        .merge(invitations::router(invitations))
        .merge(organizations::router(organizations::App { core: core.clone(), tenancy }));
    api::finish(all, &core)
}

fn tables(client: Client) -> Store {
    Store::new(store::Config { client, prefix: String::new() })
}

/// Tries once: what goes wrong is to be seen.
fn client(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "tests"))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

async fn secrets() -> (vault_dev::Running, Vault) {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = vault_dev::Options { address, root_token: "root".to_owned(), data_file: None };
    let server = vault_dev::Server::start(options).await.unwrap();
    let settings = VaultClientSettingsBuilder::default().address(server.url()).token("root").build().unwrap();
    vaultrs::sys::mount::enable(&VaultClient::new(settings).unwrap(), "transit", "transit", None).await.unwrap();
    let config = Config {
        address: server.url(),
        login: Login::Token(Secret::new(b"root".to_vec())),
        mount_kv: "secret".to_owned(),
        mount_transit: "transit".to_owned(),
    };
    let vault = Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"));
    (server, vault)
}

/// These routes touch no objects.
fn no_objects() -> Blobs {
    Blobs::new(blobs::Config {
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        public_endpoint: None,
        region: "eu-central-1".to_owned(),
        bucket: "files".to_owned(),
        access_key_id: "id".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: None,
        server_side_kms_key: None,
    })
}
