//! A Vault behind a door that counts, can be shut, and lets everything else through; and the one clock that all read.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::id::OrganizationId;
use domain::sealed::Attribute;
use vault::{Clock, Config, Login, Secret, Vault};

#[expect(dead_code, reason = "the checks of Vault itself need more of it")]
#[path = "../../../vault/tests/adapter/chosen.rs"]
mod chosen;

use chosen::Chosen;

pub(crate) struct Place {
    pub(crate) server: Chosen,
    pub(crate) vault: Vault,
    time: Arc<Mutex<Duration>>,
    door: Door,
}

#[derive(Clone)]
struct Door {
    behind: String,
    http: reqwest::Client,
    asked: Arc<Mutex<Vec<String>>>,
    shut: Arc<AtomicBool>,
}

impl Place {
    /// With the keys of two organizations, see [`organization`].
    pub(crate) async fn start() -> Self {
        let time = Arc::new(Mutex::new(Duration::ZERO));
        let server = Chosen::start(&clock(&time)).await;
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let door = Door { behind: server.url.clone(), http, asked: Arc::default(), shut: Arc::default() };
        let config = Config {
            address: door.open(loopback).await,
            login: Login::Token(Secret::new(server.token.as_bytes().to_vec())),
            mount_kv: server.kv.clone(),
            mount_transit: server.transit.clone(),
        };
        let vault = Vault::new(config, clock(&time)).unwrap_or_else(|fault| panic!("{fault}"));
        for number in [1, 2] {
            vault.create_organization_key(&organization(number).to_string()).await.unwrap();
        }
        Self { server, vault, time, door }
    }

    pub(crate) fn clock(&self) -> Clock {
        clock(&self.time)
    }

    pub(crate) fn pass(&self, seconds: u64) {
        *self.time.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// From now on Vault answers that it cannot, or answers again.
    pub(crate) fn shut(&self, shut: bool) {
        self.door.shut.store(shut, Ordering::SeqCst);
    }

    /// How many data keys were made or opened since this was asked last.
    pub(crate) fn asked(&self) -> usize {
        let asked = std::mem::take(&mut *self.door.asked.lock().unwrap());
        asked.iter().filter(|path| path.contains("/datakey/") || path.contains("/decrypt/")).count()
    }
}

impl Door {
    async fn open(&self, address: SocketAddr) -> String {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }
}

async fn pass(State(door): State<Door>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    door.asked.lock().unwrap().push(head.uri.path().to_owned());
    if door.shut.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let url = format!("{}{}", door.behind, head.uri);
    let answer = door.http.request(head.method, url).headers(head.headers).body(body).send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap()).into_response()
}

fn clock(time: &Arc<Mutex<Duration>>) -> Clock {
    let time = Arc::clone(time);
    Arc::new(move || *time.lock().unwrap())
}

pub(crate) fn organization(number: u64) -> OrganizationId {
    OrganizationId::from_parts(number, 7)
}

/// The reason of one request of the first organization.
pub(crate) fn attribute() -> Attribute {
    Attribute {
        organization: organization(1),
        table: "tenants".to_owned(),
        pk: format!("{}#QUOTA-REQUESTS", organization(1)),
        sk: "qrq_1".to_owned(),
        name: "reason",
    }
}
