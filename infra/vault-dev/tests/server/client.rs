//! A plain HTTP client and a clock that the test moves.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde_json::Value;
use vault_dev::{Options, Running, Server};

pub(crate) const ROOT: &str = "root";

/// A server with a client of its own.
pub(crate) struct Vault {
    pub(crate) server: Running,
    http: Client,
    now: Arc<Mutex<Timestamp>>,
}

pub(crate) fn options(data_file: Option<PathBuf>) -> Options {
    Options { address: SocketAddr::from(([127, 0, 0, 1], 0)), root_token: ROOT.to_owned(), data_file }
}

impl Vault {
    pub(crate) async fn start(data_file: Option<PathBuf>) -> Self {
        let now = Arc::new(Mutex::new("2026-01-02T03:04:05.678901234Z".parse::<Timestamp>().unwrap()));
        let clock = Arc::clone(&now);
        let server =
            Server::start_with_clock(options(data_file), Arc::new(move || *clock.lock().unwrap())).await.unwrap();
        Self { server, http: Client::builder().no_proxy().build().unwrap(), now }
    }

    pub(crate) fn pass(&self, milliseconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_millis(milliseconds);
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}/v1/{path}", self.server.url()));
        if let Some(token) = token {
            request = request.header("X-Vault-Token", token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        (status, if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() })
    }

    pub(crate) async fn root(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(method, path, Some(ROOT), &[], &body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// A token with that one policy text.
    pub(crate) async fn token_with(&self, policy: &str) -> String {
        self.root("PUT", "sys/policies/acl/tested", serde_json::json!({ "policy": policy })).await;
        let made = self.root("POST", "auth/token/create", serde_json::json!({"policies": ["tested"]})).await;
        made["auth"]["client_token"].as_str().unwrap().to_owned()
    }
}
