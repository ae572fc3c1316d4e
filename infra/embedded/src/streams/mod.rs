//! The records of a table's stream, delivered to functions as Lambda's event source mapping delivers them.

mod batch;
mod checkpoint;
mod mapping;
mod wire;

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::database::Writes;
use crate::events::DeadLetter;
use crate::files::json_files;
use checkpoint::Checkpoint;
use mapping::{Mapping, Rest};
use wire::Wire;

/// Where the streams are, and how their records are delivered.
#[derive(Clone, Debug)]
pub struct Options {
    /// The database's endpoint, `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// Spares the reads between two writes; without it a stream is read at every turn.
    pub writes: Option<Writes>,
    /// The folder of checkpoints and dead letters. Made if absent; one process at a time.
    pub data: PathBuf,
    /// Records handed over at once, 1 to 1,000.
    pub batch_max: usize,
    /// How soon a stream in which nothing was is looked at again. At least a millisecond.
    pub window: Duration,
    /// How long records gather behind a batch that was not full.
    pub gathering: Duration,
    /// The pause before each further attempt at a record; as many attempts follow the first one.
    pub pauses: Vec<Duration>,
}

impl Options {
    /// 100 records at once, a look every 20 ms and none between, two more attempts at a record after 1 and 2 seconds.
    #[must_use]
    pub fn new(endpoint: &str, data: impl Into<PathBuf>) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            writes: None,
            data: data.into(),
            batch_max: 100,
            window: Duration::from_millis(20),
            gathering: Duration::ZERO,
            pauses: vec![Duration::from_secs(1), Duration::from_secs(2)],
        }
    }
}

/// The deliveries from a database's streams.
#[derive(Debug)]
pub struct Streams {
    options: Options,
    wire: Wire,
    running: Mutex<HashMap<String, Running>>,
    lock: File,
}

/// A delivery; dropping it cuts it off.
#[derive(Debug)]
struct Running {
    task: JoinHandle<()>,
    rest: Arc<Rest>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Streams {
    /// Makes the folders. Reads nothing until [`Streams::on`] names a handler.
    ///
    /// # Errors
    /// The folder is in use or cannot be made, or the endpoint is not a URL.
    pub fn start(options: Options) -> io::Result<Self> {
        let wire = Wire::to(&options.endpoint)?;
        for folder in ["checkpoints", "dead-letters"] {
            std::fs::create_dir_all(options.data.join(folder))?;
        }
        let lock = File::create(options.data.join("lock"))?;
        lock.try_lock()?;
        Ok(Self { options, wire, running: Mutex::default(), lock })
    }

    /// Gives the records of a table's stream to `handler`, on the current runtime: each at least once, in the order of the
    /// writes, in batches, one batch after the other. `target` names the checkpoint, so it stays the same over restarts and
    /// is fit to be a file's name; a second handler of a target takes the place of the first.
    ///
    /// A target without a checkpoint begins with the oldest record, and so does one whose checkpoint the stream does not
    /// know, with a warning. Answers are Lambda's with `ReportBatchItemFailures`: null, or
    /// `{"batchItemFailures":[{"itemIdentifier": sequence number}]}` with the record from which on nothing was handled. It
    /// is tried again alone, and what follows it comes again behind it. After `Err` or a panic the batch is halved until
    /// the culprit is alone. A record whose every attempt failed becomes a [`DeadLetter`], and the delivery goes on.
    ///
    /// # Errors
    /// The checkpoint cannot be read.
    pub fn on<F, Fut>(&self, table: &str, target: &str, handler: F) -> io::Result<()>
    where
        F: Fn(Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Value, String>> + Send + 'static,
    {
        let Options { endpoint: _, writes, data, batch_max, window, gathering, pauses } = self.options.clone();
        let mut running = self.running();
        running.remove(target);
        let rest = Arc::new(Rest::default());
        let mapping = Mapping {
            wire: self.wire.clone(),
            writes,
            table: table.to_owned(),
            target: target.to_owned(),
            handler: Arc::new(move |event| handler(event).boxed()),
            checkpoint: Checkpoint::open(data.join("checkpoints").join(format!("{target}.json")))?,
            dead_letters: data.join("dead-letters"),
            batch_max: batch_max.clamp(1, 1000),
            window: window.max(Duration::from_millis(1)),
            gathering,
            pauses,
            rest: Arc::clone(&rest),
        };
        running.insert(target.to_owned(), Running { task: tokio::spawn(mapping.run()), rest });
        Ok(())
    }

    /// Resolves when every record that a write answered before this call has made is handled or given up. Never, while the
    /// database cannot be reached or a table has no stream.
    pub async fn idle(&self) {
        let rests: Vec<_> = self.running().values().map(|running| Arc::clone(&running.rest)).collect();
        futures::future::join_all(rests.iter().map(|rest| rest.reached())).await;
    }

    /// The records that were given up, in the order of their sequence numbers.
    ///
    /// # Errors
    /// Their folder cannot be read.
    pub fn dead_letters(&self) -> io::Result<Vec<DeadLetter>> {
        let read = |path: PathBuf| serde_json::from_slice(&std::fs::read(path)?).map_err(io::Error::other);
        json_files(&self.options.data.join("dead-letters"))?.into_iter().map(read).collect()
    }

    /// Cuts off what runs, which comes again at the next start, and frees the folder.
    pub async fn stop(self) {
        let running = std::mem::take(&mut *self.running());
        for (_, mut running) in running {
            running.task.abort();
            (&mut running.task).await.ok();
        }
        self.lock.unlock().ok();
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
