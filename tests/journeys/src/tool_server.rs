//! An MCP server of the newest revision, on this machine.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What it does and has seen.
#[derive(Default)]
struct State {
    tools: Vec<Value>,
    refuses: Option<StatusCode>,
    authorizations: Vec<String>,
}

/// A server that offers what it is told to.
pub struct ToolServer {
    url: String,
    state: Arc<Mutex<State>>,
    called: Arc<Notify>,
}

impl ToolServer {
    /// Offers tools of these names and descriptions.
    pub async fn start(tools: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let server = Self { url, state: Arc::default(), called: Arc::default() };
        server.offer(tools);
        let (state, called) = (Arc::clone(&server.state), Arc::clone(&server.called));
        let answer = move |headers: HeaderMap, body: Bytes| {
            let answered = answered(&mut state.lock().unwrap(), &headers, &body);
            called.notify_one();
            async move { answered }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        server
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From here on it offers these.
    pub fn offer(&self, tools: &[(&str, &str)]) {
        let tool =
            |(name, description): &(&str, &str)| json!({ "name": name, "description": description, "inputSchema": {} });
        self.state.lock().unwrap().tools = tools.iter().map(tool).collect();
    }

    /// From here on it answers with that status, or again as it should.
    pub fn refuse(&self, status: Option<u16>) {
        self.state.lock().unwrap().refuses = status.map(|status| StatusCode::from_u16(status).unwrap());
    }

    /// Waits until it was called, once since the last time that somebody waited.
    pub async fn called(&self) {
        self.called.notified().await;
    }

    /// The header `authorization` of each call so far; empty where there was none.
    #[must_use]
    pub fn authorizations(&self) -> Vec<String> {
        self.state.lock().unwrap().authorizations.clone()
    }
}

fn answered(state: &mut State, headers: &HeaderMap, body: &Bytes) -> (StatusCode, axum::Json<Value>) {
    let sent = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    // What a refusal repeats is to be found nowhere.
    let echo = json!({ "error": format!("not you: {sent:?}") });
    state.authorizations.push(sent.unwrap_or_default());
    if let Some(status) = state.refuses {
        return (status, axum::Json(echo));
    }
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let result = json!({ "resultType": "complete", "tools": state.tools });
    (StatusCode::OK, axum::Json(json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result })))
}
