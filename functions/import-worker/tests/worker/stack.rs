//! Everything that the worker stands on, in one process, with organizations and people to import into.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_http_client::Builder;
use blobs::{Blobs, Body};
use domain::import::{AdvanceImport, Job, ReadImports};
use domain::organization::{CreateOrganization, MoveOrganization, Organization, Placement};
use domain::scope::Platform;
use domain::{Actor, Mint, Origin, Principal, Timestamp};
use embedded::events::{Retry, Rule};
use embedded::faults::Options as Before;
use embedded::objects::{Grant, Options};
use embedded::{Database, ObjectStore, Proxy, database};
use import_worker::App;
use serde_json::Value;
use store::{Made, Store};
use tempfile::TempDir;
use tenancy::Tenancy;
use vault::{Config, Login, Secret, Vault};
use vault_dev::{Running, Server};
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};

use crate::superadmin::{self, superadmin};

pub(crate) const BUCKET: &str = "files";

/// What happens to each event.
type Deliver = Arc<dyn Fn(App, Value) -> futures::future::BoxFuture<'static, Result<(), String>> + Send + Sync>;

pub(crate) struct Stack {
    pub(crate) app: App,
    pub(crate) database: Arc<Proxy>,
    pub(crate) objects: Arc<Proxy>,
    pub(crate) client: aws_sdk_dynamodb::Client,
    /// Past the proxy.
    pub(crate) blobs: Blobs,
    pub(crate) store: ObjectStore,
    /// Every event so far, each as often as it was delivered.
    pub(crate) events: Arc<Mutex<Vec<Value>>>,
    deliver: Arc<Mutex<Deliver>>,
    _running: (Database, Running, TempDir),
}

#[expect(clippy::disallowed_methods, reason = "the edge of a test is the test")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap())
}

pub(crate) fn random() -> [u8; 32] {
    use std::hash::{BuildHasher, Hasher};
    let draw = || std::hash::RandomState::new().build_hasher().finish().to_be_bytes();
    let bytes = [draw(), draw(), draw(), draw()].concat();
    bytes.try_into().unwrap()
}

pub(crate) fn mint() -> Mint {
    Mint::new(now(), random())
}

pub(crate) fn client(endpoint: &str) -> aws_sdk_dynamodb::Client {
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

async fn vault() -> (Running, Vault) {
    let options = vault_dev::Options {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        root_token: "root".into(),
        data_file: None,
    };
    let server = Server::start(options).await.unwrap();
    let settings = VaultClientSettingsBuilder::default().address(server.url()).token("root").build().unwrap();
    vaultrs::sys::mount::enable(&VaultClient::new(settings).unwrap(), "transit", "transit", None).await.unwrap();
    let config = Config {
        address: server.url(),
        login: Login::Token(Secret::new(b"root".to_vec())),
        mount_kv: "secret".into(),
        mount_transit: "transit".into(),
    };
    // Time stands still: a breaker that opened would stay open, and the test would say so.
    let vault = Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"));
    (server, vault)
}

fn objects_options(folder: &TempDir) -> Options {
    let principal = embedded::objects::Principal {
        key_id: "KEY".into(),
        secret: "a-secret".into(),
        name: "AWS:operator".into(),
        grants: vec![Grant::everything()],
    };
    let mut options = Options::new(folder.path().join("objects"), BUCKET, principal);
    options.rules = ["imports/", "drops/"].map(|prefix| Rule::created(BUCKET, prefix, "import-worker")).to_vec();
    options.retry = Retry { pauses: vec![Duration::ZERO; 2], concurrency: 4 };
    options
}

impl Stack {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::start(database::Options::default()).await.unwrap();
        let store = ObjectStore::start(objects_options(&folder)).await.unwrap();
        let before_database = Arc::new(Proxy::start(Before::before(database.endpoint())).await.unwrap());
        let objects = Before { measure: false, ..Before::before(store.endpoint()) };
        let before_objects = Arc::new(Proxy::start(objects).await.unwrap());
        let (server, vault) = vault().await;
        std::fs::create_dir(folder.path().join("temp")).unwrap();
        let config = |client| store::Config { client, prefix: "test-".into() };
        let app = App {
            store: Store::new(config(client(before_database.endpoint()))),
            blobs: blobs(before_objects.endpoint()),
            vault,
            clock: now,
            random,
            temp_dir: folder.path().join("temp"),
        };
        app.store.create_tables().await.unwrap();
        superadmin::put_in_place(&app.store).await;
        let stack = Self {
            app,
            client: client(database.endpoint()),
            blobs: blobs(store.endpoint()),
            database: before_database,
            objects: before_objects,
            store,
            events: Arc::default(),
            deliver: Arc::new(Mutex::new(Arc::new(|app, event| Box::pin(once(app, event))))),
            _running: (database, server, folder),
        };
        stack.listen();
        stack
    }

    fn listen(&self) {
        let (app, events, deliver) = (self.app.clone(), Arc::clone(&self.events), Arc::clone(&self.deliver));
        self.store.on("import-worker", move |event| {
            events.lock().unwrap().push(event.clone());
            let deliver = Arc::clone(&deliver.lock().unwrap());
            deliver(app.clone(), event)
        });
    }

    /// Changes what happens to events from now on.
    pub(crate) fn deliver<F, Fut>(&self, deliver: F)
    where
        F: Fn(App, Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        *self.deliver.lock().unwrap() = Arc::new(move |app, event| Box::pin(deliver(app, event)));
    }

    /// All that is in `temp_dir`: nothing, while no run is under way.
    pub(crate) fn temporary_files(&self) -> usize {
        std::fs::read_dir(&self.app.temp_dir).unwrap().count()
    }

    pub(crate) async fn organization(&self, name: &str) -> Organization {
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: domain::metadata::Metadata::default(),
            settings: domain::settings::OrganizationSettings::default(),
            placement: Placement::Pooled,
        };
        let granted = superadmin(None).grant(asked, Platform).unwrap();
        let Made::Now(made) = self.app.store.create_organization(&granted, None, &mut mint()).await.unwrap() else {
            panic!("made before")
        };
        let App { store, blobs, vault, .. } = self.app.clone();
        Tenancy { store, blobs, vault }.provision(&made, &mut mint()).await.unwrap()
    }

    pub(crate) async fn archived(&self, name: &str) -> Organization {
        let organization = self.organization(name).await;
        let granted = superadmin(Some(&organization)).grant(MoveOrganization::Archive, organization.id).unwrap();
        self.app.store.move_organization(&granted, &organization, &mut mint()).await.unwrap()
    }

    pub(crate) async fn put(&self, key: &str, bytes: Vec<u8>) {
        self.blobs.put(key, Body::Bytes(bytes), sheets::MEDIA_TYPE).await.unwrap();
    }

    /// Drops a workbook, waits for the end, and gives its job.
    pub(crate) async fn import(&self, name: &str, bytes: Vec<u8>) -> Job {
        self.put(&format!("drops/{name}.xlsx"), bytes).await;
        self.store.idle().await;
        self.job(&format!("drops/{name}.xlsx")).await
    }

    /// The newest job of that workbook.
    pub(crate) async fn job(&self, source: &str) -> Job {
        let granted = superadmin(None).grant(ReadImports, Platform).unwrap();
        let jobs = self.app.store.list_imports(&granted, None, 1000).await.unwrap().items;
        jobs.into_iter().find(|job| job.source == source).expect("a job of that workbook")
    }

    pub(crate) async fn job_by_id(&self, id: domain::id::ImportId) -> Job {
        let granted = superadmin(None).grant(ReadImports, Platform).unwrap();
        self.app.store.read_import(&granted, id).await.unwrap()
    }

    /// The importer's right, for what only the worker may ask.
    pub(crate) fn importer(&self) -> domain::Granted<AdvanceImport> {
        let part = domain::actor::SystemPart::Importer;
        let principal = Principal::System { part, on_behalf_of: None };
        Actor { principal, standing: None, origin: Origin::default() }.grant(AdvanceImport, Platform).unwrap()
    }

    /// Every item of a table, by its key.
    #[expect(clippy::disallowed_methods, reason = "a test looks at everything")]
    pub(crate) async fn dump(&self, table: &str) -> BTreeMap<(String, String), BTreeMap<String, String>> {
        let mut pages = self.client.scan().table_name(format!("test-{table}")).into_paginator().items().send();
        let mut items = BTreeMap::new();
        while let Some(item) = pages.next().await {
            let item: BTreeMap<String, String> =
                item.unwrap().into_iter().map(|(name, value)| (name, shown(&value))).collect();
            items.insert((item["pk"].clone(), item["sk"].clone()), item);
        }
        items
    }

    /// Whether that password opens the account, as sign-in would find out; false also when it has expired.
    pub(crate) async fn opens(&self, email: &str, password: &str) -> bool {
        let login = self.app.store.login(&email.parse().unwrap()).await.unwrap();
        let Some(login) = login else { return false };
        let key = self.app.vault.read_secret("platform/keys/temporary-passwords").await.unwrap();
        let keys = key.map(|key| passwords::Keys::new(key.expose()).unwrap());
        let stored = passwords::Stored::try_from(login.password).unwrap();
        stored.verify(password, keys.as_ref()) == passwords::Verdict::Right
    }

    pub(crate) async fn set_status(&self, user: &str, status: &str) {
        let update = self.client.update_item().table_name("test-platform");
        let update =
            update.key("pk", AttributeValue::S(format!("USER#{user}"))).key("sk", AttributeValue::S("USER".into()));
        let update = update.update_expression("SET #s = :s").expression_attribute_names("#s", "status");
        update.expression_attribute_values(":s", AttributeValue::S(status.into())).send().await.unwrap();
    }
}

/// A value in one form only: sets and maps have no order of their own.
fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => {
            let sorted: BTreeMap<_, _> = map.iter().map(|(name, value)| (name, shown(value))).collect();
            format!("M({sorted:?})")
        }
        AttributeValue::L(list) => format!("L({:?})", list.iter().map(shown).collect::<Vec<_>>()),
        AttributeValue::Ss(set) => format!("Ss({:?})", std::collections::BTreeSet::from_iter(set)),
        other => format!("{other:?}"),
    }
}

/// Handles the event as the platform would.
pub(crate) async fn once(app: App, event: Value) -> Result<(), String> {
    import_worker::handle_object(&app, event).await.map_err(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}: {source}")
    })
}
