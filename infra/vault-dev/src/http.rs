//! HTTP on loopback: from a request to an [`Ask`], from an outcome to a response.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Response};
use axum::routing::any;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::answer::{self, Refusal};
use crate::ask::{Ask, Fields, Operation};
use crate::duration;
use crate::server::Shared;

/// Serves until the other end of `stopped` sends or goes away.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    // Small answers must not wait for the acknowledgement of the last ones.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let router = Router::new().route("/v1/{*path}", any(handle)).with_state(shared);
    let until = async move { drop(stopped.await) };
    let _ended = axum::serve(listener, router).with_graceful_shutdown(until).await;
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    method: Method,
    Path(path): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let (status, body) = match parse(&method, &path, query, &headers, &body) {
        Ok(ask) => shared.answer(&ask),
        Err(refusal) => answer::render(Err(refusal)),
    };
    let head =
        Response::builder().status(status).header(CACHE_CONTROL, "no-store").header(CONTENT_TYPE, "application/json");
    head.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap_or_default()
}

fn parse(
    method: &Method,
    path: &str,
    query: BTreeMap<String, String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Ask, Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let listing = query.get("list").is_some_and(|list| list == "true");
    let operation = match method.as_str() {
        "LIST" => Operation::List,
        "GET" if listing => Operation::List,
        "GET" => Operation::Read,
        "POST" | "PUT" => Operation::Write,
        "DELETE" => Operation::Delete,
        _ => return Err(Refusal::unsupported_operation()),
    };
    let slash = if operation == Operation::List && !path.ends_with('/') { "/" } else { "" };
    let bearer = || header("authorization").and_then(|text| text.strip_prefix("Bearer ").map(str::to_owned));
    Ok(Ask {
        operation,
        path: format!("{}{slash}", path.trim_start_matches('/')),
        query,
        token: header("x-vault-token").or_else(bearer),
        wrap_seconds: header("x-vault-wrap-ttl").and_then(|text| duration::parse(&text)).filter(|seconds| *seconds > 0),
        fields: Fields::parse(body)?,
    })
}
