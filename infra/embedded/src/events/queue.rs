//! Delivery at least once: an event is a file before its object is visible, and stays one until its handler has succeeded.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::{Notice, Rule};
use crate::attempt::caught;
use crate::files::{json_files, write_whole};

/// How failed deliveries are repeated and how many run at once.
#[derive(Clone, Debug)]
pub struct Retry {
    /// The pause before each further attempt; as many attempts follow the first one. Lambda: one minute, then two.
    pub pauses: Vec<Duration>,
    /// Handlers running at the same time, at least 1.
    pub concurrency: usize,
}

impl Default for Retry {
    /// Two more attempts like Lambda's, but after 1 and 2 seconds, and four handlers at once.
    fn default() -> Self {
        Self { pauses: vec![Duration::from_secs(1), Duration::from_secs(2)], concurrency: 4 }
    }
}

/// An event whose every attempt failed, as kept under `dead-letters/`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The rule's target.
    pub target: String,
    /// The event that was not handled.
    pub event: Value,
    /// How often it was tried.
    pub attempts: usize,
    /// What the last attempt said.
    pub error: String,
}

/// One event for one target, safe in its file.
#[derive(Debug)]
pub(crate) struct Intent {
    file: PathBuf,
    content: Content,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    target: String,
    event: Value,
}

type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The deliveries of one store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Shared>);

struct Shared {
    events: PathBuf,
    dead_letters: PathBuf,
    rules: Vec<Rule>,
    pauses: Vec<Duration>,
    permits: Semaphore,
    handlers: watch::Sender<HashMap<String, Handler>>,
    open: watch::Sender<usize>,
    tasks: Mutex<JoinSet<()>>,
    runtime: Handle,
}

impl Queue {
    /// Makes the folders and delivers again what an earlier run left in them.
    pub(crate) fn open(data: &Path, rules: Vec<Rule>, retry: Retry) -> io::Result<Self> {
        let (events, dead_letters) = (data.join("events"), data.join("dead-letters"));
        std::fs::create_dir_all(&events)?;
        std::fs::create_dir_all(&dead_letters)?;
        let left = left_over(&events)?;
        let queue = Self(Arc::new(Shared {
            events,
            dead_letters,
            rules,
            pauses: retry.pauses,
            permits: Semaphore::new(retry.concurrency.max(1)),
            handlers: watch::Sender::new(HashMap::new()),
            open: watch::Sender::new(0),
            tasks: Mutex::default(),
            runtime: Handle::current(),
        }));
        queue.dispatch(left);
        Ok(queue)
    }

    /// Names the handler of a target; events that wait for it are delivered now.
    pub(crate) fn on<F, Fut>(&self, target: &str, handler: F)
    where
        F: Fn(Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |event| handler(event).boxed());
        self.0.handlers.send_modify(|handlers| drop(handlers.insert(target.to_owned(), handler)));
    }

    /// Writes one file for each rule that wants the event. To be called before the change becomes visible.
    pub(crate) fn record(&self, notice: &Notice<'_>) -> io::Result<Vec<Intent>> {
        let wanting = self.0.rules.iter().filter(|rule| rule.wants(notice));
        wanting.map(|rule| self.0.write(&rule.target, notice.event(&rule.target))).collect()
    }

    /// Begins to deliver. To be called before the change is answered, so that [`Queue::idle`] cannot miss it.
    pub(crate) fn dispatch(&self, intents: Vec<Intent>) {
        let mut tasks = self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        for intent in intents {
            self.0.open.send_modify(|open| *open = open.saturating_add(1));
            tasks.spawn_on(Arc::clone(&self.0).deliver(intent), &self.0.runtime);
        }
    }

    /// Resolves when nothing is queued, waiting for a further attempt, or running.
    pub(crate) async fn idle(&self) {
        self.0.open.subscribe().wait_for(|open| *open == 0).await.ok();
    }

    pub(crate) fn dead_letters(&self) -> io::Result<Vec<DeadLetter>> {
        let read = |path: PathBuf| serde_json::from_slice(&std::fs::read(path)?).map_err(io::Error::other);
        json_files(&self.0.dead_letters)?.into_iter().map(read).collect()
    }

    /// Cuts off what runs. Its files stay, so the next start delivers it again.
    pub(crate) async fn stop(&self) {
        let mut tasks = std::mem::take(&mut *self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.shutdown().await;
    }
}

impl Shared {
    fn write(&self, target: &str, event: Value) -> io::Result<Intent> {
        let content = Content { target: target.to_owned(), event };
        let file = self.events.join(format!("{}.json", crate::clock::fresh()));
        write_whole(&file, &content)?;
        Ok(Intent { file, content })
    }

    async fn deliver(self: Arc<Self>, intent: Intent) {
        let Intent { file, content: Content { target, event } } = intent;
        let Some(handler) = self.handler(&target).await else { return };
        let mut failures = Vec::new();
        let pauses = std::iter::once(Duration::ZERO).chain(self.pauses.iter().copied());
        for pause in pauses {
            tokio::time::sleep(pause).await;
            match self.attempt(&handler, event.clone()).await {
                Ok(()) => return self.finish(Some(&file)),
                Err(error) => failures.push(error),
            }
            tracing::warn!(target, attempt = failures.len(), error = failures.last(), "an event was not handled");
        }
        let error = failures.last().cloned().unwrap_or_default();
        let buried = self.bury(&file, &DeadLetter { target, event, attempts: failures.len(), error });
        self.finish(buried.then_some(&file));
    }

    /// The target's handler, as soon as there is one.
    async fn handler(&self, target: &str) -> Option<Handler> {
        let mut handlers = self.handlers.subscribe();
        let known = handlers.wait_for(|handlers| handlers.contains_key(target)).await.ok()?;
        known.get(target).cloned()
    }

    async fn attempt(&self, handler: &Handler, event: Value) -> Result<(), String> {
        let _permit = self.permits.acquire().await.map_err(|closed| closed.to_string())?;
        caught(async { handler(event).await }).await
    }

    fn bury(&self, file: &Path, letter: &DeadLetter) -> bool {
        tracing::error!(target = letter.target, attempts = letter.attempts, error = letter.error, "gave up an event");
        let kept = file.file_name().map(|name| write_whole(&self.dead_letters.join(name), letter));
        if let Some(Err(fault)) = &kept {
            tracing::error!(%fault, "could not keep a dead letter; its event comes again at the next start");
        }
        kept.is_some_and(|kept| kept.is_ok())
    }

    fn finish(&self, done: Option<&PathBuf>) {
        if let Some(file) = done {
            remove(file);
        }
        self.open.send_modify(|open| *open = open.saturating_sub(1));
    }
}

fn remove(file: &Path) {
    if let Err(fault) = std::fs::remove_file(file) {
        tracing::warn!(%fault, file = %file.display(), "could not remove an event; it will come again");
    }
}

fn left_over(folder: &Path) -> io::Result<Vec<Intent>> {
    let mut left = Vec::new();
    for file in json_files(folder)? {
        let content = serde_json::from_slice(&std::fs::read(&file)?)?;
        left.push(Intent { file, content });
    }
    Ok(left)
}
