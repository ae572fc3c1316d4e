//! The parts that rotations stand on, in one process, a provider on the platform, and the clock.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_smithy_http_client::Builder;
use credentials::{Fields, Shelf};
use domain::audit::ReadPlatformAudit;
use domain::home::InHome;
use domain::id::ProviderId;
use domain::provider::{
    CreateProvider, DeleteProvider, Provider, ProviderType, ReadProviders, RemoveCredential, SetCredential,
    TypeSettings,
};
use domain::rotation::{
    CancelRotation, Candidate, GraceHours, Keeper, RequestRotation, Rotations, SetSchedule, Stage, ViewRotations,
};
use domain::scope::Platform;
use domain::{Actor, EventKind, Granted, Mint, Origin, PlatformScope, Principal, Result, Timestamp};
use embedded::{Database, database};
use outbound::{Allowed, Outbound, SystemResolver};
use provider_rotations::{App, Clock, Done};
use rotators::Places;
use store::{EventFilter, Made, Store, credential_path, keeper_path};
use vault::{Config, Login, Secret, Vault};
use vault_dev::{Running, Server};

use crate::outside::Outside;

thread_local! {
    // Each test has a thread and a runtime of its own. 2026-11-23T12:00:00Z.
    static NOW: Cell<u64> = const { Cell::new(1_795_435_200_000) };
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get())
}

pub(crate) fn pass(time: Duration) {
    NOW.set(now().plus(time).millis());
}

pub(crate) fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
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
    pub(crate) outside: Outside,
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    endpoints: (String, String),
    _running: (Database, Running),
}

/// How a credential is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Manual,
    Aws,
    Azure,
    OpenAi,
}

impl Stack {
    pub(crate) async fn start() -> Self {
        let database = Database::start(database::Options::default()).await.unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let options = vault_dev::Options { address, root_token: "root".into(), data_file: None };
        let secrets = Server::start(options).await.unwrap();
        let endpoints = (database.endpoint().to_owned(), secrets.url());
        let store = Store::new(store::Config { client: client(&endpoints.0), prefix: String::new() });
        store.create_tables().await.unwrap();
        let (outside, vault) = (Outside::start().await, vault(&endpoints.1));
        Self { outside, store, vault, endpoints, _running: (database, secrets) }
    }

    /// The function, freshly started.
    pub(crate) fn app(&self) -> App {
        let store = Store::new(store::Config { client: client(&self.endpoints.0), prefix: String::new() });
        let outbound = Outbound::new(Allowed::try_from("127.0.0.1").unwrap(), SystemResolver, vec![]);
        let places = Places {
            iam: Some(self.outside.at("")),
            login: Some(self.outside.at("")),
            management: Some(self.outside.at("")),
            bedrock: Some(self.outside.at("")),
        };
        App::new(store, vault(&self.endpoints.1), outbound, Clock { now, random }).at(places)
    }

    pub(crate) async fn run(&self) -> Done {
        self.app().run().await.unwrap()
    }

    /// A provider of that kind, whose first key somebody made by hand.
    pub(crate) async fn provider(&self, kind: Kind, key: &str) -> Provider {
        let (kind_of, path, settings) = match kind {
            Kind::Manual => (ProviderType::Custom, "/v1", TypeSettings::default()),
            Kind::OpenAi => (ProviderType::Openai, "/v1", TypeSettings::default()),
            Kind::Azure => {
                let api_version = Some("2024-10-21".to_owned().try_into().unwrap());
                (ProviderType::AzureOpenai, "", TypeSettings { api_version, ..TypeSettings::default() })
            }
            Kind::Aws => {
                let region = Some("eu-central-1".to_owned().try_into().unwrap());
                (ProviderType::Bedrock, "", TypeSettings { region, ..TypeSettings::default() })
            }
        };
        let base_url = format!("{}{path}", self.outside.url).try_into().unwrap();
        let asked = CreateProvider {
            name: format!("Provider {key}").try_into().unwrap(),
            kind: kind_of,
            base_url: Some(base_url),
            settings,
            models: Default::default(),
            assignment: None,
            with_catalogue: false,
        };
        let made = self.store.create_provider(&granted(asked), None, &mut mint()).await.unwrap();
        let Made::Now(provider) = made else { panic!("made before") };
        match kind {
            Kind::Azure => self.outside.state().pair = [key.to_owned(), format!("other-{key}")],
            Kind::Manual | Kind::Aws | Kind::OpenAi => self.outside.state().know(key),
        }
        self.put(provider.id, self.fields(kind, key)).await.unwrap()
    }

    pub(crate) fn fields(&self, kind: Kind, key: &str) -> Fields {
        match kind {
            Kind::Aws => fields(&[("access_key_id", key), ("secret_access_key", "typed/secret")]),
            Kind::Manual | Kind::Azure | Kind::OpenAi => fields(&[("api_key", key)]),
        }
    }

    /// `PUT …/credential`
    pub(crate) async fn put(&self, id: ProviderId, fields: Fields) -> Result<Provider> {
        let read = self.read(id).await;
        let granted = granted(SetCredential { id, version: read.version });
        let (shelf, path) = (Shelf::new(self.vault.clone()), credential_path(granted.scope(), id));
        let mark = shelf.mark(&fields, random()).await.unwrap();
        let stored = shelf.store_after_newest(&path, &fields).await.unwrap();
        let set = self.store.set_credential(&granted, &read, (stored.version, mark), &mut mint()).await?;
        shelf.forget(&path, stored.older()).await;
        Ok(set)
    }

    /// `DELETE …/credential`, by a function that dies before the vault.
    pub(crate) async fn remove(&self, id: ProviderId) {
        self.store.remove_credential(&granted(RemoveCredential { id }), &mut mint()).await.unwrap();
    }

    /// `DELETE …/providers/{id}`, by a function that dies before the vault.
    pub(crate) async fn delete(&self, id: ProviderId) {
        self.store.delete_provider(&granted(DeleteProvider { id }), &mut mint()).await.unwrap();
    }

    /// `POST …/rotations`
    pub(crate) async fn request(&self, id: ProviderId, fields: Option<Fields>) -> Result<()> {
        let read = self.read(id).await;
        let granted = granted(RequestRotation { id, version: read.version, grace: GraceHours::default() });
        let Some((provider, before)) = self.store.rotations_to_request(&granted, None, &mint()).await? else {
            panic!("no key was sent")
        };
        let stage = match fields {
            Some(fields) => {
                let shelf = Shelf::new(self.vault.clone());
                let mark = shelf.mark(&fields, random()).await.unwrap();
                let path = credential_path(granted.scope(), id);
                let version = shelf.store_after_newest(&path, &fields).await.unwrap().version;
                Stage::Given { candidate: Candidate { version, mark, handle: None } }
            }
            None => Stage::ToMake,
        };
        self.store.request_rotation(&granted, (&provider, &before), stage, None, &mut mint()).await.map(drop)
    }

    /// `POST …/rotation/cancel`
    pub(crate) async fn cancel(&self, id: ProviderId) -> Result<()> {
        self.store.cancel_rotation(&granted(CancelRotation { id }), &mut mint()).await.map(drop)
    }

    /// `PUT …/rotation-schedule`: every 90 days.
    pub(crate) async fn schedule(&self, id: ProviderId, kind: Kind) {
        let (provider, before) = self.look(id).await;
        let every = 90.try_into().unwrap();
        let asked = SetSchedule {
            id,
            version: provider.version,
            every,
            grace: GraceHours::default(),
            automatic: kind != Kind::Manual,
        };
        let granted = granted(asked);
        let keeper = match kind {
            Kind::Manual | Kind::Aws => None,
            Kind::Azure => Some(fields(&[
                ("tenant_id", "tenant-1"),
                ("client_id", "client-1"),
                ("resource_id", "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"),
                ("client_secret", "principal+secret"),
            ])),
            Kind::OpenAi => Some(fields(&[("project_id", "proj_1"), ("admin_key", "sk-admin-0123456789abcdef")])),
        };
        let keeper = match keeper {
            Some(fields) => {
                let shelf = Shelf::new(self.vault.clone());
                let mark = shelf.mark(&fields, random()).await.unwrap();
                let path = keeper_path(granted.scope(), id);
                let version = shelf.store_after_newest(&path, &fields).await.unwrap().version;
                Some(Keeper { version, mark })
            }
            None => None,
        };
        self.store.set_rotation_schedule(&granted, (&provider, &before), keeper, &mut mint()).await.unwrap();
    }

    pub(crate) async fn read(&self, id: ProviderId) -> Provider {
        self.store.read_provider(&granted(ReadProviders), id).await.unwrap()
    }

    pub(crate) async fn look(&self, id: ProviderId) -> (Provider, Rotations) {
        self.store.read_rotations(&granted(ViewRotations { id }), id).await.unwrap()
    }

    /// What a runtime does: the version that the tables name, from the vault, to the provider. Which key that was.
    pub(crate) async fn lease(&self, id: ProviderId) -> String {
        let version = self.read(id).await.credential.expect("the provider has no credential").version;
        let path = credential_path(granted(ReadProviders).scope(), id);
        let kept = self.vault.read_version(&path, version).await.unwrap_or_else(|fault| panic!("{fault}"));
        let kept = kept.unwrap_or_else(|| panic!("version {version} is named and gone"));
        let part = |name| credentials::text(&kept, name).map(|text| text.to_string());
        let key = part("api_key").or_else(|| part("access_key_id")).unwrap();
        assert!(self.outside.state().takes(&key), "the provider refuses {key}, which version {version} is");
        key
    }

    /// The versions of the credential that the vault still has.
    pub(crate) async fn alive(&self, id: ProviderId) -> Vec<u64> {
        let path = credential_path(granted(ReadProviders).scope(), id);
        let newest = self.vault.newest_version(&path).await.unwrap_or_else(|fault| panic!("{fault}"));
        let mut alive = vec![];
        for version in 1..=newest {
            if matches!(self.vault.read_version(&path, version).await, Ok(Some(_))) {
                alive.push(version);
            }
        }
        alive
    }

    /// How often somebody was told today that the provider's credential is old.
    pub(crate) async fn reminders(&self, provider: &Provider) -> usize {
        let (from, action) = (Some(now().start_of_day()), Some(EventKind::RotationDue));
        let filter = EventFilter { from, action, ..EventFilter::default() };
        let granted = superadmin().grant(ReadPlatformAudit, Platform).unwrap();
        let (mut told, mut cursor) = (0, None);
        loop {
            let page = self.store.list_all_events(&granted, &filter, cursor.as_ref(), 100, now()).await.unwrap();
            told += page.items.iter().filter(|event| event.target.id == provider.id.to_string()).count();
            cursor = page.next;
            if cursor.is_none() {
                return told;
            }
        }
    }

    /// How many second credentials the vault has.
    pub(crate) async fn keepers(&self, id: ProviderId) -> u64 {
        let path = keeper_path(granted(ReadProviders).scope(), id);
        self.vault.newest_version(&path).await.unwrap_or_else(|fault| panic!("{fault}"))
    }
}

fn fields(parts: &[(&'static str, &str)]) -> Fields {
    Fields::new(parts.iter().map(|(name, part)| (*name, Secret::new(part.as_bytes().to_vec()))).collect())
}

fn superadmin() -> Actor {
    let principal = Principal::User {
        id: domain::id::UserId::from_parts(1, 1),
        email: "ops@example.com".to_owned(),
        superadmin: true,
        must_change_password: false,
    };
    Actor { principal, standing: None, origin: Origin::default() }
}

pub(crate) fn granted<C: domain::home::HomeCommand>(command: C) -> Granted<InHome<PlatformScope, C>> {
    superadmin().grant(InHome::new(command), Platform).unwrap()
}

fn vault(address: &str) -> Vault {
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
