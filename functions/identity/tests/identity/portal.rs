//! The function behind its edge, with a clock that tests move.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::{ClientAddress, Core, Settings};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use axum::Router;
use axum::body::Body;
use domain::Timestamp;
use embedded::faults::Options as Before;
use embedded::{Database, Proxy};
use futures::future::{Either, select};
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, IF_MATCH, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use identity::App;
use serde_json::Value;
use store::Store;
use tower::ServiceExt;
use vault::{Config, Login, Secret, Vault};

/// 2026-11-23T12:00:00Z.
const BEGIN: u64 = 1_795_435_200_000;
pub(crate) const SITE: &str = "https://portal.example";

thread_local! {
    // Each test has a thread and a runtime of its own.
    static NOW: Cell<u64> = const { Cell::new(BEGIN) };
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get())
}

pub(crate) fn pass(time: Duration) {
    NOW.set(now().plus(time).millis());
}

pub(crate) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub(crate) struct Portal {
    pub(crate) store: Store,
    /// The tables themselves, for states that no route leads to yet.
    pub(crate) client: Client,
    pub(crate) vault: Vault,
    router: Router,
    database: Database,
    secrets: Option<vault_dev::Running>,
}

impl Portal {
    pub(crate) async fn start() -> Self {
        let database = Database::start(embedded::database::Options::default()).await.unwrap();
        let client = client(database.endpoint());
        let store = Store::new(store::Config { client: client.clone(), prefix: String::new() });
        store.create_tables().await.unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let options = vault_dev::Options { address, root_token: "root".to_owned(), data_file: None };
        let secrets = vault_dev::Server::start(options).await.unwrap();
        let config = Config {
            address: secrets.url(),
            login: Login::Token(Secret::new(b"root".to_vec())),
            mount_kv: "secret".to_owned(),
            mount_transit: "transit".to_owned(),
        };
        let vault = Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"));
        let router = router(store.clone(), vault.clone());
        Self { store, client, vault, router, database, secrets: Some(secrets) }
    }

    /// A proxy before the tables, which counts and fails, and the function behind it.
    pub(crate) async fn mortal(&self) -> Mortal {
        let before = Before { measure: false, ..Before::before(self.database.endpoint()) };
        let proxy = Proxy::start(before).await.unwrap();
        let store = Store::new(store::Config { client: client(proxy.endpoint()), prefix: String::new() });
        Mortal { router: router(store, self.vault.clone()), proxy }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        sent(&self.router, request).await
    }

    /// The secrets server goes away.
    pub(crate) async fn lose_secrets(&mut self) {
        if let Some(secrets) = self.secrets.take() {
            secrets.stop().await;
        }
    }

    pub(crate) async fn call(&self, ask: Ask<'_>) -> Answer {
        self.send(ask.request()).await
    }
}

/// The function behind a proxy.
pub(crate) struct Mortal {
    pub(crate) proxy: Proxy,
    router: Router,
}

impl Mortal {
    pub(crate) async fn call(&self, ask: Ask<'_>) -> Answer {
        sent(&self.router, ask.request()).await
    }

    /// Runs until a kill strikes: then nothing of the request goes on. Gives the answer if there was one.
    pub(crate) async fn perhaps(&self, ask: Ask<'_>) -> Option<Answer> {
        let struck = async {
            while !self.proxy.is_killed() {
                tokio::task::yield_now().await;
            }
        };
        let answer = match select(Box::pin(self.call(ask)), Box::pin(struck)).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => None,
        };
        self.proxy.clear();
        answer
    }
}

fn router(store: Store, vault: Vault) -> Router {
    let core = Core { store, settings: Settings { public_url: SITE.to_owned() }, clock: now, random };
    api::finish(identity::router(App::new(core.clone(), vault)), &core)
}

async fn sent(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, text }
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

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Ask<'a> {
    method: Method,
    path: &'a str,
    body: Option<String>,
    headers: Vec<(http::HeaderName, String)>,
    address: &'a str,
}

impl<'a> Ask<'a> {
    fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, body: None, headers: vec![], address: "192.0.2.1" }
    }
    pub(crate) fn get(path: &'a str) -> Self {
        Self::new(Method::GET, path)
    }
    pub(crate) fn delete(path: &'a str) -> Self {
        Self::new(Method::DELETE, path)
    }
    pub(crate) fn post(path: &'a str, body: Value) -> Self {
        Self::new(Method::POST, path).text(body.to_string())
    }
    pub(crate) fn patch(path: &'a str, body: Value) -> Self {
        Self::new(Method::PATCH, path).text(body.to_string())
    }
    pub(crate) fn text(self, body: String) -> Self {
        Self { body: Some(body), ..self }.with(CONTENT_TYPE.as_str(), "application/json")
    }
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.parse().unwrap(), value.to_owned()));
        self
    }
    pub(crate) fn by(self, token: &str) -> Self {
        self.with(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }
    pub(crate) fn cookie(self, token: &str) -> Self {
        self.with(COOKIE.as_str(), &format!("theme=dark; __Host-session={token}"))
    }
    pub(crate) fn version(self, tag: &str) -> Self {
        self.with(IF_MATCH.as_str(), tag)
    }
    pub(crate) fn from(self, address: &'a str) -> Self {
        Self { address, ..self }
    }

    fn request(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request
            .extension(ClientAddress(self.address.to_owned()))
            .body(self.body.map_or_else(Body::empty, Body::from))
            .unwrap()
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["code"], code, "{}", answer.text);
        answer
    }
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }
    pub(crate) fn token(&self) -> String {
        self.json()["token"].as_str().unwrap_or_default().to_owned()
    }
    /// The token inside the cookie.
    pub(crate) fn cookie(&self) -> String {
        let cookie = self.header(SET_COOKIE.as_str());
        cookie.split(';').next().and_then(|pair| pair.split_once('=')).map(|(_, value)| value.to_owned()).unwrap()
    }
    /// The answer without what differs from request to request.
    pub(crate) fn neutral(&self) -> (StatusCode, String, Vec<String>) {
        let id = self.header("x-request-id");
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
        (self.status, self.text.replace(&id, "ID"), headers.map(|line| line.replace(&id, "ID")).collect())
    }
}
