//! DynamoDB on one SQLite file, or in memory, behind its own HTTP address.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::OpenFlags;
use tokio::sync::oneshot;

use crate::serve;

/// How often items past their TTL are deleted. Amazon's own deletion is up to days late, so nothing may rely on it.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Where the database keeps its data and where it listens.
#[derive(Clone, Debug)]
pub struct Options {
    /// The SQLite file, made with its folder if absent; `None` keeps everything in memory.
    pub path: Option<PathBuf>,
    /// A loopback address; port 0 takes any free one.
    pub address: SocketAddr,
}

impl Default for Options {
    /// In memory, on any port.
    fn default() -> Self {
        Self { path: None, address: crate::ANY_PORT }
    }
}

/// A running database with a thread of its own, so that it never blocks the caller's runtime.
/// Every answered write survives a SIGKILL (write-ahead log; synced at checkpoints only, so not every power cut).
#[derive(Debug)]
pub struct Database {
    endpoint: String,
    path: Option<PathBuf>,
    engine: Engine,
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Database {
    /// Opens the file and listens.
    ///
    /// # Errors
    /// The file cannot be opened, or the address is taken or not on loopback.
    pub async fn start(options: Options) -> io::Result<Self> {
        let engine = Engine::open(&options)?;
        let (stop, stopping) = oneshot::channel();
        let (ready, listening) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let served = engine.clone();
        std::thread::Builder::new().name("database".into()).spawn(move || {
            run(served, options.address, ready, stopping);
            done.send(()).ok();
        })?;
        let address = listening.await.map_err(io::Error::other)??;
        Ok(Self { endpoint: format!("http://{address}"), path: options.path, engine, stop, stopped })
    }

    /// `http://127.0.0.1:PORT`, for the SDK's `endpoint_url`. Signatures are looked at but not verified.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Deletes what is past its TTL now, as the timer does every 60 seconds, and says how many items that were.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sweep_expired(&self) -> io::Result<usize> {
        self.engine.sweep().await
    }

    /// Sees at once whether anything was written; none in memory, where only the database itself can be asked.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn writes(&self) -> io::Result<Option<Writes>> {
        self.path.as_deref().map(Writes::of).transpose()
    }

    /// Finishes the requests under way and closes the file.
    pub async fn stop(self) {
        let Self { engine, stop, stopped, .. } = self;
        drop(engine);
        stop.send(()).ok();
        stopped.await.ok();
    }
}

/// A number that changes with every write to the database, whatever the table. Costs microseconds and no request.
#[derive(Clone, Debug)]
pub struct Writes(Arc<Mutex<rusqlite::Connection>>);

impl Writes {
    fn of(path: &Path) -> io::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = rusqlite::Connection::open_with_flags(path, flags).map_err(io::Error::other)?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// None if it could not be seen; then anything may have been written.
    pub(crate) fn version(&self) -> Option<i64> {
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.query_row("PRAGMA data_version", [], |row| row.get(0)).ok()
    }
}

#[derive(Clone)]
struct Engine(dynoxide::Database);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    fn open(options: &Options) -> io::Result<Self> {
        let Some(path) = &options.path else {
            return dynoxide::Database::memory().map(Self).map_err(io::Error::other);
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let path = path.to_str().ok_or_else(|| io::Error::other("the database's path is not UTF-8"))?;
        let engine = dynoxide::Database::new(path).map_err(io::Error::other)?;
        // The one public door to `PRAGMA synchronous = NORMAL`; the default syncs the disk at every write.
        engine.disable_bulk_loading().map_err(io::Error::other)?;
        index_streams(path).map_err(io::Error::other)?;
        Ok(Self(engine))
    }

    async fn sweep(&self) -> io::Result<usize> {
        let engine = self.0.clone();
        let swept = tokio::task::spawn_blocking(move || engine.sweep_ttl()).await.map_err(io::Error::other)?;
        swept.map_err(io::Error::other)
    }
}

/// Every write asks for the greatest sequence number of its table's stream. Without an index that reads the whole stream,
/// so that 10,000 rows take minutes instead of seconds.
fn index_streams(path: &str) -> rusqlite::Result<()> {
    rusqlite::Connection::open(path)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS stream_sequence
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )
}

/// The thread's whole life: a runtime, the server on it, and the sweep beside it.
fn run(
    engine: Engine,
    address: SocketAddr,
    ready: oneshot::Sender<io::Result<SocketAddr>>,
    stopping: oneshot::Receiver<()>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return drop(ready.send(Err(fault))),
    };
    runtime.block_on(async move {
        let listener = match serve::listen(address) {
            Ok(listener) => listener,
            Err(fault) => return drop(ready.send(Err(fault))),
        };
        ready.send(listener.local_addr()).ok();
        let sweep = tokio::spawn(sweep_on_timer(engine.clone()));
        let (told, after) = oneshot::channel();
        let stop = async {
            stopping.await.ok();
            told.send(()).ok();
        };
        let serve = dynoxide::server::serve_with_shutdown(listener, engine.0, stop);
        // A client that has sent half a request would hold the stop for ever.
        let late = async {
            after.await.ok();
            tokio::time::sleep(serve::STOP_MAX).await;
        };
        futures::future::select(pin!(serve), pin!(late)).await;
        sweep.abort();
    });
}

async fn sweep_on_timer(engine: Engine) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        match engine.sweep().await {
            Ok(0) => {}
            Ok(deleted) => tracing::debug!(deleted, "swept expired items"),
            Err(fault) => tracing::warn!(%fault, "could not sweep expired items"),
        }
    }
}
