//! Lambda's Runtime API for one function, on loopback: gives one event after the other and takes the answers.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};

/// How long a bootstrap may take for anything it is asked, as long as the longest of the template.
pub const PATIENCE: Duration = Duration::from_secs(300);
/// A development build on a busy machine is slow to start.
const START: Duration = Duration::from_secs(60);
const DEADLINE: Duration = Duration::from_secs(300);

/// What a bootstrap answered.
#[derive(Debug)]
pub enum Outcome {
    /// The function's answer.
    Answer(Value),
    /// The invocation, or the start, failed.
    Failure(Value),
}

/// A running Runtime API.
pub struct RuntimeApi {
    address: String,
    events: mpsc::UnboundedSender<Value>,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    polled: watch::Receiver<bool>,
}

struct Shared {
    events: Mutex<mpsc::UnboundedReceiver<Value>>,
    outcomes: mpsc::UnboundedSender<Outcome>,
    polled: watch::Sender<bool>,
}

impl RuntimeApi {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// There is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (events, coming) = mpsc::unbounded_channel();
        let (done, outcomes) = mpsc::unbounded_channel();
        let (polls, polled) = watch::channel(false);
        let shared = Shared { events: Mutex::new(coming), outcomes: done, polled: polls };
        tokio::spawn(async move { axum::serve(listener, routes(Arc::new(shared))).await });
        Ok(Self { address, events, outcomes, polled })
    }

    /// What a bootstrap takes as `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until the bootstrap asks for its first event.
    ///
    /// # Errors
    /// It does not within a minute.
    pub async fn first_poll(&mut self) -> Result<()> {
        let polled = tokio::time::timeout(START, self.polled.wait_for(|polled| *polled)).await;
        polled.context("the bootstrap did not ask for an event in time")?.context("the Runtime API ended")?;
        Ok(())
    }

    /// Gives one event and waits for what becomes of it.
    ///
    /// # Errors
    /// Nothing does within [`PATIENCE`].
    pub async fn invoke(&mut self, event: Value) -> Result<Outcome> {
        self.events.send(event).context("the Runtime API ended")?;
        let outcome = tokio::time::timeout(PATIENCE, self.outcomes.recv()).await;
        outcome.context("the bootstrap did not answer in time")?.context("the Runtime API ended")
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    let version = "/2018-06-01/runtime";
    Router::new()
        .route(&format!("{version}/invocation/next"), get(next))
        .route(&format!("{version}/invocation/{{id}}/response"), post(answer))
        .route(&format!("{version}/invocation/{{id}}/error"), post(failure))
        .route(&format!("{version}/init/error"), post(init_failure))
        .with_state(shared)
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.polled.send_replace(true);
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = u128::from(start::clock().millis()) + DEADLINE.as_millis();
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:lane".to_owned()),
    ];
    (headers, Json(event)).into_response()
}

async fn answer(state: State<Arc<Shared>>, Path(_id): Path<String>, body: Bytes) -> StatusCode {
    take(&state, body, Outcome::Answer)
}

async fn failure(state: State<Arc<Shared>>, Path(_id): Path<String>, body: Bytes) -> StatusCode {
    take(&state, body, Outcome::Failure)
}

async fn init_failure(state: State<Arc<Shared>>, body: Bytes) -> StatusCode {
    take(&state, body, Outcome::Failure)
}

fn take(shared: &Shared, body: Bytes, outcome: fn(Value) -> Outcome) -> StatusCode {
    let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
    let body = serde_json::from_slice(&body).unwrap_or_else(|_| text());
    match shared.outcomes.send(outcome(body)) {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::GONE,
    }
}
