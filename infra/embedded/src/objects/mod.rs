//! S3 in a folder: the real protocol and its signatures (crate `s3s`) over files of our own, with events and access rights.

mod copy;
mod delete;
mod door;
mod form;
mod index;
mod lifecycle;
mod list;
mod multipart;
mod protocol;
mod put;
mod read;
mod receive;
mod rights;
mod signed;
mod state;

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::events::{DeadLetter, Queue, Retry, Rule};
use crate::serve::{self, Server};
use index::Index;
pub use lifecycle::Lifecycle;
use rights::Principals;
pub use rights::{Action, Grant, Principal};
use state::State;

/// What a store holds and whom it serves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of everything: objects, uploads under way, events and dead letters. Made if absent; one store at a time.
    pub data: PathBuf,
    /// A loopback address; port 0 takes any free one.
    pub address: SocketAddr,
    /// The `awsRegion` in events. Signatures may name any region.
    pub region: String,
    /// Buckets that exist from the start; others cannot be made.
    pub buckets: Vec<String>,
    /// All access keys.
    pub principals: Vec<Principal>,
    /// Which events go where.
    pub rules: Vec<Rule>,
    /// How events are delivered.
    pub retry: Retry,
    /// What is deleted when it gets old, once an hour.
    pub lifecycle: Vec<Lifecycle>,
    /// Pages (`http://127.0.0.1:PORT`) whose scripts may read answers, as a bucket's CORS configuration would allow.
    pub allowed_origins: Vec<String>,
}

impl Options {
    /// One bucket, one principal that may do everything, no events, any port.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>, bucket: &str, principal: Principal) -> Self {
        Self {
            data: data.into(),
            address: crate::ANY_PORT,
            region: "eu-central-1".to_owned(),
            buckets: vec![bucket.to_owned()],
            principals: vec![principal],
            rules: Vec::new(),
            retry: Retry::default(),
            lifecycle: Vec::new(),
            allowed_origins: Vec::new(),
        }
    }
}

/// A running store. What it has answered survives a SIGKILL (files are renamed into place, not synced to the disk).
#[derive(Debug)]
pub struct ObjectStore {
    endpoint: String,
    state: Arc<State>,
    server: Server,
    expiry: tokio::task::JoinHandle<()>,
    lock: File,
}

impl ObjectStore {
    /// Reads what is there, begins to deliver the events left over, and listens.
    ///
    /// # Errors
    /// The folder is in use or cannot be read, or the address is taken or not on loopback.
    pub async fn start(options: Options) -> io::Result<Self> {
        let Options { data, address, region, buckets, principals, rules, retry, lifecycle, allowed_origins } = options;
        std::fs::create_dir_all(&data)?;
        let lock = File::create(data.join("lock"))?;
        lock.try_lock()?;
        let listener = serve::listen(address)?;
        let index = Index::open(&data, &buckets)?;
        let queue = Queue::open(&data, rules, retry)?;
        let state = Arc::new(State::new(data, region, Principals::new(principals), index, queue));
        let door = Arc::new(door::Door::new(&state, allowed_origins));
        let server = Server::start(listener, move |request| Arc::clone(&door).answer(request))?;
        let expiry = tokio::spawn(lifecycle::on_timer(Arc::clone(&state), lifecycle));
        Ok(Self { endpoint: server.endpoint(), state, server, expiry, lock })
    }

    /// `http://127.0.0.1:PORT`, for the SDK's `endpoint_url`; path style only.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Gives the events of a target to `handler`: at least once each, in no certain order, also those that came before.
    /// `Err`, or a panic, is tried again as [`Retry`] says and then becomes a [`DeadLetter`]. Events of a target without a
    /// handler wait for one.
    pub fn on<F, Fut>(&self, target: &str, handler: F)
    where
        F: Fn(Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.state.queue.on(target, handler);
    }

    /// Resolves when no event is queued, waiting for another attempt, or being handled. Never, while a rule's target has
    /// events and no handler.
    pub async fn idle(&self) {
        self.state.queue.idle().await;
    }

    /// The events that were given up, oldest first.
    ///
    /// # Errors
    /// Their folder cannot be read.
    pub fn dead_letters(&self) -> io::Result<Vec<DeadLetter>> {
        self.state.queue.dead_letters()
    }

    /// Deletes the objects under `key_prefix` that were written longer ago than `older_than`, as a lifecycle rule would,
    /// events included, and says how many.
    ///
    /// # Errors
    /// The bucket does not exist, or a file could not be deleted.
    pub fn expire(&self, bucket: &str, key_prefix: &str, older_than: Duration) -> io::Result<usize> {
        lifecycle::expire(&self.state, bucket, key_prefix, older_than)
    }

    /// Finishes the requests under way, cuts off the handlers that run (their events come again at the next start), and
    /// frees the folder.
    pub async fn stop(self) {
        self.expiry.abort();
        self.server.stop().await;
        self.state.queue.stop().await;
        self.lock.unlock().ok();
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
