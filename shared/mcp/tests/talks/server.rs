//! A server that remembers what it was asked, and answers what it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use domain::mcp_server::{Found, Unreachable};
use mcp::Headers;
use outbound::{Address, Allowed, Outbound, SystemResolver};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use vault::Secret;

/// One request, as it came.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) http: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Call {
    /// The method of the protocol; of HTTP where there is no body.
    pub(crate) fn method(&self) -> &str {
        self.body["method"].as_str().unwrap_or(self.http.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn is_modern(&self) -> bool {
        self.header("mcp-protocol-version") == "2026-07-28"
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Call) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let (calls, answer) = (Arc::<Mutex<Vec<Call>>>::default(), Arc::new(answer));
        let kept = Arc::clone(&calls);
        let handle = move |http: Method, headers: HeaderMap, body: Bytes| {
            let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
            async move {
                let call = Call { http, headers, body: serde_json::from_slice(&body).unwrap_or_default() };
                kept.lock().unwrap().push(call.clone());
                answer(&call)
            }
        };
        let router = Router::new().fallback(handle);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, calls }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn methods(&self) -> Vec<String> {
        self.calls().iter().map(|call| call.method().to_owned()).collect()
    }

    pub(crate) async fn discover(&self) -> Result<Found, Unreachable> {
        discover(&self.url).await
    }
}

pub(crate) async fn discover(url: &str) -> Result<Found, Unreachable> {
    let outbound = Outbound::new(Allowed::try_from("127.0.0.1").unwrap(), SystemResolver, vec![]);
    let kept = BTreeMap::from([("authorization".to_owned(), Secret::new(b"Bearer planted".to_vec()))]);
    let address = Address::try_from(url).unwrap_or_else(|why| panic!("{why}"));
    mcp::discover(&outbound, &address, &Headers::of(kept).unwrap_or_else(|why| panic!("{why}"))).await
}

pub(crate) fn names(found: &Found) -> Vec<String> {
    found.tools.tools.iter().map(|tool| tool.name.as_str().to_owned()).collect()
}

pub(crate) fn answered(status: u16, kind: &str, body: impl Into<Body>) -> Response {
    let response = Response::builder().status(status).header("content-type", kind);
    response.body(body.into()).unwrap()
}

pub(crate) fn said(status: u16, message: &Value) -> Response {
    answered(status, "application/json", message.to_string())
}

pub(crate) fn result(call: &Call, result: Value) -> Response {
    said(200, &json!({ "jsonrpc": "2.0", "id": call.body["id"], "result": result }))
}

pub(crate) fn error(status: u16, call: &Call, code: i64) -> Response {
    let error = json!({ "code": code, "message": "words that nobody is to see" });
    said(status, &json!({ "jsonrpc": "2.0", "id": call.body["id"], "error": error }))
}

pub(crate) fn tools(names: &[&str]) -> Value {
    let tools: Vec<_> = names.iter().map(|name| json!({ "name": name, "inputSchema": { "type": "object" } })).collect();
    json!({ "tools": tools })
}

/// A server of an older revision that lists by `list`, with a session where it has an id.
pub(crate) fn legacy(
    session: Option<&'static str>,
    list: impl Fn(&Call) -> Response + Send + Sync + 'static,
) -> impl Fn(&Call) -> Response + Send + Sync + 'static {
    move |call| {
        let is_known = session.is_none_or(|id| call.header("mcp-session-id") == id);
        match (call.http.as_str(), call.method()) {
            ("POST", "initialize") => {
                let capabilities = json!({ "tools": { "listChanged": true } });
                let (version, info) = (&call.body["params"]["protocolVersion"], json!({ "name": "a", "version": "1" }));
                let said = json!({ "protocolVersion": version, "capabilities": capabilities, "serverInfo": info });
                let mut response = result(call, said);
                if let Some(id) = session {
                    response.headers_mut().insert("mcp-session-id", id.parse().unwrap());
                }
                response
            }
            _ if !is_known || call.is_modern() => error(400, call, -32_000),
            ("POST", "notifications/initialized") => answered(202, "text/plain", ""),
            ("POST", "tools/list") => list(call),
            ("DELETE", _) => answered(200, "text/plain", ""),
            _ => answered(StatusCode::METHOD_NOT_ALLOWED.as_u16(), "text/plain", ""),
        }
    }
}
