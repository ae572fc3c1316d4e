//! A server that answers what a function says, and keeps what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use domain::Timestamp;
use http::HeaderMap;
use outbound::{Address, Allowed, Outbound, SystemResolver};
use probes::{Key, Models, Provider, Trouble, probe};
use serde_json::Value;

/// What the server was asked.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn line(&self) -> String {
        let Self { method, path, query, .. } = self;
        if query.is_empty() { format!("{method} {path}") } else { format!("{method} {path}?{query}") }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Status and body, and perhaps a header.
pub(crate) struct Says(pub(crate) u16, pub(crate) String, pub(crate) Option<(&'static str, String)>);

pub(crate) fn says(status: u16, body: impl ToString) -> Says {
    Says(status, body.to_string(), None)
}

pub(crate) struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Says + Clone + Send + Sync + 'static) -> Self {
        Self::slow(Duration::ZERO, answer).await
    }

    /// One that takes its time, which has to be simulated.
    pub(crate) async fn slow(pause: Duration, answer: impl Fn(&Seen) -> Says + Clone + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (url, seen) = (format!("http://{}", listener.local_addr().unwrap()), Arc::new(Mutex::new(vec![])));
        let kept = Arc::clone(&seen);
        let router = Router::new().fallback(async move |request: Request| {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
            let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or_default().to_owned());
            let asked = Seen { method: head.method.to_string(), path, query, headers: head.headers, body };
            tokio::time::sleep(pause).await;
            let Says(status, body, header) = answer(&asked);
            kept.lock().unwrap().push(asked);
            let builder = Response::builder().status(status);
            let builder = header.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
            builder.body(Body::from(body)).unwrap()
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    /// The address of the server with this path behind it.
    pub(crate) fn base(&self, path: &str) -> Address {
        Address::try_from(format!("{}{path}", self.url).as_str()).unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

pub(crate) async fn tried(provider: Provider) -> Result<Models, Trouble> {
    let outbound = Outbound::new(Allowed::try_from("127.0.0.1").unwrap(), SystemResolver, vec![]);
    probe(&outbound, &provider, Timestamp::from_millis(1_785_000_000_000)).await
}

pub(crate) fn key(secret: &str) -> Key {
    Key::new(secret.to_owned().into()).unwrap()
}

pub(crate) fn named(names: &[&str]) -> Models {
    Models { names: names.iter().map(|name| (*name).to_owned()).collect(), more: false }
}
