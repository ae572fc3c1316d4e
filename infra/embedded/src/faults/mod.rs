//! A proxy before the database that fails requests on a test's command, and counts what they cost.

mod answers;
mod log;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::Notify;

use crate::serve::{self, Abort, Server};
pub use log::Call;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Forwarded and answered.
    Pass,
    /// Not forwarded; another transaction is said to hold its first item. A transaction is answered with
    /// `TransactionCanceledException` and its list of reasons, any other request with `TransactionConflictException`.
    Conflict,
    /// Not forwarded; answered with `ProvisionedThroughputExceededException`.
    Throttle,
    /// The connection is dropped before the request is forwarded: nothing was written.
    DropBefore,
    /// Forwarded, then the connection is dropped: what was written stays, its answer is lost.
    DropAfter,
    /// Forwarded, but answered with `TransactionInProgressException`, as if it were still being written.
    Unfinished,
    /// [`Fault::DropBefore`], and so is everything after it, until the next script.
    KillBefore,
    /// [`Fault::DropAfter`], and everything after it is dropped before it is forwarded, until the next script.
    KillAfter,
}

/// What a script sees of a request.
#[derive(Clone, Debug)]
pub struct Seen {
    /// 1 for the first request since the script was given.
    pub number: u64,
    /// The API's name, such as `PutItem`.
    pub operation: String,
    /// The tables it names, each once, in the order of the request.
    pub tables: Vec<String>,
}

/// Decides about each request. Called for one request after the other, also when they come at once.
type Script = Box<dyn FnMut(&Seen) -> Fault + Send>;

/// A script that lets everything pass but the request with this number.
pub fn nth(number: u64, fault: Fault) -> impl FnMut(&Seen) -> Fault + Send + 'static {
    move |seen| if seen.number == number { fault } else { Fault::Pass }
}

/// Where the proxy forwards to and where it listens.
#[derive(Clone, Debug)]
pub struct Options {
    /// The database's endpoint, `http://127.0.0.1:PORT`.
    pub upstream: String,
    /// A loopback address; port 0 takes any free one.
    pub address: SocketAddr,
    /// Adds `ReturnConsumedCapacity: INDEXES` to requests that do not ask for it, so that every call has its cost in the log.
    /// Answers then carry `ConsumedCapacity` unasked.
    pub measure: bool,
}

impl Options {
    /// Any port, with the cost of every call.
    #[must_use]
    pub fn before(upstream: &str) -> Self {
        Self { upstream: upstream.to_owned(), address: crate::ANY_PORT, measure: true }
    }
}

/// A running proxy. Without a script it lets everything pass.
#[derive(Debug)]
pub struct Proxy {
    server: Server,
    endpoint: String,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Listens on the current runtime.
    ///
    /// # Errors
    /// The upstream is not a URL, or the address is taken or not on loopback.
    pub async fn start(options: Options) -> io::Result<Self> {
        let upstream = options.upstream.parse().map_err(io::Error::other)?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let shared = Arc::new(Shared {
            upstream,
            measure: options.measure,
            client,
            state: Mutex::default(),
            struck: Notify::new(),
        });
        let answering = Arc::clone(&shared);
        let listener = serve::listen(options.address)?;
        let server = Server::start(listener, move |request| Arc::clone(&answering).answer(request))?;
        Ok(Self { endpoint: server.endpoint(), server, shared })
    }

    /// `http://127.0.0.1:PORT`, to be used in the database's place.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Gives a script, counts requests from 1 again, and revives a killed proxy.
    pub fn script(&self, script: impl FnMut(&Seen) -> Fault + Send + 'static) {
        self.replace(Some(Box::new(script)));
    }

    /// Takes the script away: everything passes again, and a killed proxy is revived.
    pub fn clear(&self) {
        self.replace(None);
    }

    /// Whether a kill has struck since the last script.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.shared.state().killed
    }

    /// The calls since the last time this was asked, in the order they ended, refused and dropped ones included.
    #[must_use]
    pub fn take_log(&self) -> Vec<Call> {
        std::mem::take(&mut self.shared.state().log)
    }

    /// Finishes the requests under way and stops listening.
    pub async fn stop(self) {
        self.server.stop().await;
    }

    fn replace(&self, script: Option<Script>) {
        let mut state = self.shared.state();
        (state.number, state.dead, state.killed, state.script) = (0, false, false, script);
    }
}

#[derive(Debug)]
struct Shared {
    upstream: Uri,
    measure: bool,
    client: Client<HttpConnector, Full<Bytes>>,
    state: Mutex<State>,
    struck: Notify,
}

#[derive(Default)]
struct State {
    number: u64,
    /// A kill was decided: nothing passes any more.
    dead: bool,
    /// The killed request has had its effect, if any.
    killed: bool,
    script: Option<Script>,
    log: Vec<Call>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("number", &self.number).field("killed", &self.killed).finish_non_exhaustive()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What arrived whole is carried out, whether or not the client waits for the answer.
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Abort> {
        let (parts, body) = request.into_parts();
        let bytes = body.collect().await?.to_bytes();
        tokio::spawn(self.carry_out(parts, bytes)).await?
    }

    async fn carry_out(
        self: Arc<Self>,
        parts: http::request::Parts,
        mut bytes: Bytes,
    ) -> Result<Response<Full<Bytes>>, Abort> {
        let mut asked: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let ended_before = self.state().log.len();
        let named = (log::rights(&operation, &asked), log::written(&operation, &asked));
        let (seen, fault) = self.decide(operation, log::tables(&asked));
        if self.measure && log::ask_for_capacity(&seen.operation, &mut asked) {
            bytes = serde_json::to_vec(&asked)?.into();
        }
        if fault == Fault::DropBefore {
            self.wait_for_the_kill().await;
        }
        let answered = match fault {
            Fault::Conflict => Ok(answers::conflict(&asked)?),
            Fault::Throttle => Ok(answers::throttled()?),
            Fault::DropBefore | Fault::KillBefore => Err(answers::dropped()),
            Fault::Unfinished => self.forward(parts, bytes).await.and_then(|_| answers::unfinished()),
            Fault::Pass | Fault::DropAfter | Fault::KillAfter => self.forward(parts, bytes).await,
        };
        self.note(&seen, named, ended_before, fault, answered.as_ref().ok());
        match fault {
            Fault::DropAfter | Fault::KillAfter => Err(answers::dropped()),
            Fault::Pass
            | Fault::Conflict
            | Fault::Throttle
            | Fault::Unfinished
            | Fault::DropBefore
            | Fault::KillBefore => answered.map(|answer| answer.map(Full::new)),
        }
    }

    fn decide(&self, operation: String, tables: Vec<String>) -> (Seen, Fault) {
        let mut state = self.state();
        state.number = state.number.saturating_add(1);
        let seen = Seen { number: state.number, operation, tables };
        if state.dead {
            return (seen, Fault::DropBefore);
        }
        let fault = state.script.as_mut().map_or(Fault::Pass, |script| script(&seen));
        state.dead = is_kill(fault);
        (seen, fault)
    }

    async fn forward(&self, mut parts: http::request::Parts, bytes: Bytes) -> Result<Response<Bytes>, Abort> {
        let mut upstream = self.upstream.clone().into_parts();
        upstream.path_and_query = parts.uri.path_and_query().cloned();
        parts.uri = Uri::from_parts(upstream)?;
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.extensions.clear();
        let answer = self.client.request(Request::from_parts(parts, Full::new(bytes))).await?;
        let (parts, body) = answer.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }

    fn note(
        &self,
        seen: &Seen,
        (rights, written): (Vec<String>, Vec<String>),
        ended_before: usize,
        fault: Fault,
        answer: Option<&Response<Bytes>>,
    ) {
        let call = Call {
            number: seen.number,
            ended_before,
            operation: seen.operation.clone(),
            tables: seen.tables.clone(),
            rights,
            written,
            fault,
            status: answer.map(|answer| answer.status().as_u16()),
            capacity_units: answer.map_or(0.0, |answer| log::capacity_units(answer.body())),
        };
        let mut state = self.state();
        state.log.push(call);
        state.killed = state.dead && (state.killed || is_kill(fault));
        drop(state);
        if is_kill(fault) {
            self.struck.notify_waiters();
        }
    }

    /// Between the decision for a kill and its effect nobody is told anything: whoever is killed cannot act on it.
    async fn wait_for_the_kill(&self) {
        let struck = self.struck.notified();
        let is_dying = {
            let state = self.state();
            state.dead && !state.killed
        };
        if is_dying {
            struck.await;
        }
    }
}

fn is_kill(fault: Fault) -> bool {
    matches!(fault, Fault::KillBefore | Fault::KillAfter)
}
