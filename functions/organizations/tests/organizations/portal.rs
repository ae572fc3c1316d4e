//! The function behind its edge.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::{ClientAddress, Core, Settings};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use axum::Router;
use axum::body::Body;
use blobs::Blobs;
use domain::{Mint, Timestamp};
use embedded::Database;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use organizations::App;
use serde_json::Value;
use store::Store;
use tenancy::Tenancy;
use tower::ServiceExt;
use vault::{Config, Login, Secret, Vault};
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};

pub(crate) fn now() -> Timestamp {
    // 2026-11-23T12:00:00Z.
    Timestamp::from_millis(1_795_435_200_000)
}

pub(crate) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub(crate) fn mint() -> Mint {
    Mint::new(now(), random())
}

pub(crate) struct Portal {
    pub(crate) store: Store,
    router: Router,
    _running: (Database, vault_dev::Running),
}

impl Portal {
    pub(crate) async fn start() -> Self {
        let database = Database::start(embedded::database::Options::default()).await.unwrap();
        let store = Store::new(store::Config { client: client(database.endpoint()), prefix: String::new() });
        store.create_tables().await.unwrap();
        let (secrets, vault) = secrets().await;
        let settings = Settings { public_url: "https://portal.example".to_owned() };
        let core = Core { store: store.clone(), settings, clock: now, random };
        let tenancy = Tenancy { store: store.clone(), vault, blobs: no_objects() };
        let router = api::finish(organizations::router(App { core: core.clone(), tenancy }), &core);
        Self { store, router, _running: (database, secrets) }
    }

    /// One request of somebody, on the version of a thing if it is named.
    pub(crate) async fn call(&self, token: &str, ask: (Method, &str), version: Option<u64>, body: Value) -> Answer {
        let mut request =
            Request::builder().method(ask.0).uri(ask.1).header("authorization", format!("Bearer {token}"));
        if let Some(version) = version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        self.send(request, body).await
    }

    /// A request that makes something, with its `Idempotency-Key`.
    pub(crate) async fn post_once(&self, token: &str, path: &str, key: &str, body: Value) -> Answer {
        let request = Request::builder().method(Method::POST).uri(path).header("idempotency-key", key);
        self.send(request.header("authorization", format!("Bearer {token}")), body).await
    }

    async fn send(&self, mut request: http::request::Builder, body: Value) -> Answer {
        let (kind, body) = match body {
            Value::Null => ("", Body::empty()),
            body => ("application/json", Body::from(body.to_string())),
        };
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let request = request.extension(ClientAddress("192.0.2.1".to_owned())).body(body).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: parts.status, text }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, (Method::GET, path), None, Value::Null).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(token, (Method::POST, path), None, body).await
    }

    pub(crate) async fn put(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(token, (Method::PUT, path), None, body).await
    }

    pub(crate) async fn patch(&self, token: &str, path: &str, version: u64, body: Value) -> Answer {
        self.call(token, (Method::PATCH, path), Some(version), body).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Answer {
        self.call(token, (Method::DELETE, path), None, Value::Null).await
    }
}

pub(crate) struct Answer {
    status: StatusCode,
    text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) {
        let _ = self.refused(status, code);
    }

    /// As [`Answer::problem`]; gives the place of the fault.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> String {
        let answer = self.expect(status);
        assert_eq!(answer.json()["code"], code, "{}", answer.text);
        answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn is(&self, status: u16) -> bool {
        self.status.as_u16() == status
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap().to_owned()
    }
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "tests"))
        .endpoint_url(endpoint)
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
