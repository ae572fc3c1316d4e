//! One table's stream on its way to one handler: read, handed over in order, marked as done.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;
use tokio::sync::watch;

use super::batch::{Batch, sequence_number};
use super::checkpoint::Checkpoint;
use super::wire::{Fault, Page, Shard, Wire};
use crate::attempt::caught;
use crate::database::Writes;
use crate::events::DeadLetter;
use crate::files::write_whole;

/// The longest pause before a database out of reach is asked again, or a full disk written to.
const FAULT_PAUSE_MAX: Duration = Duration::from_secs(1);

pub(super) type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// What is delivered where, and how.
pub(super) struct Mapping {
    pub(super) wire: Wire,
    pub(super) writes: Option<Writes>,
    pub(super) table: String,
    pub(super) target: String,
    pub(super) handler: Handler,
    pub(super) checkpoint: Checkpoint,
    pub(super) dead_letters: PathBuf,
    pub(super) batch_max: usize,
    pub(super) window: Duration,
    pub(super) gathering: Duration,
    pub(super) pauses: Vec<Duration>,
    pub(super) rest: Arc<Rest>,
}

/// Tells those who ask when everything that was in the stream at that time is done.
#[derive(Debug, Default)]
pub(super) struct Rest {
    asked: watch::Sender<u64>,
    answered: watch::Sender<u64>,
}

impl Rest {
    pub(super) async fn reached(&self) {
        let mut ticket = 0;
        self.asked.send_modify(|asked| {
            *asked = asked.saturating_add(1);
            ticket = *asked;
        });
        self.answered.subscribe().wait_for(|answered| *answered >= ticket).await.ok();
    }
}

/// What one read of the stream found.
enum Found {
    /// A full batch: there may be more.
    Full,
    /// Fewer records than a batch holds.
    Some,
    /// Nothing.
    Nothing,
}

/// Where in the stream the next read begins.
struct Place {
    shard: Shard,
    iterator: String,
}

impl Mapping {
    /// Never ends. May be cut off anywhere: what is not marked as done comes again.
    pub(super) async fn run(mut self) {
        let rest = Arc::clone(&self.rest);
        let mut asked = rest.asked.subscribe();
        let (mut place, mut pause) = (None, self.window);
        loop {
            let ticket = *asked.borrow_and_update();
            let version = self.version();
            match self.step(&mut place).await {
                Ok(Found::Full) => {}
                // Whoever waits for the rest waits for no gathering.
                Ok(Found::Some) => _ = tokio::time::timeout(self.gathering, asked.changed()).await,
                Ok(Found::Nothing) => {
                    rest.answered.send_replace(ticket);
                    pause = self.window;
                    self.pause_until_written(version, &mut asked).await;
                }
                Err(fault) => {
                    tracing::warn!(%fault, table = self.table, target = self.target, "could not read a stream");
                    pause = (pause * 2).min(FAULT_PAUSE_MAX);
                    tokio::time::timeout(pause, asked.changed()).await.ok();
                }
            }
        }
    }

    /// Waits for the window, and on while nothing was written since `version`. Whoever waits for the rest ends it.
    async fn pause_until_written(&self, version: Option<i64>, asked: &mut watch::Receiver<u64>) {
        let mut is_asked = false;
        while !is_asked {
            is_asked = tokio::time::timeout(self.window, asked.changed()).await.is_ok();
            if version.is_none() || version != self.version() {
                return;
            }
        }
    }

    fn version(&self) -> Option<i64> {
        self.writes.as_ref().and_then(Writes::version)
    }

    /// Reads and delivers one batch. After a fault the place is looked for anew.
    async fn step(&mut self, place: &mut Option<Place>) -> Result<Found, Fault> {
        let Place { shard, iterator } = match place.take() {
            Some(place) => place,
            None => self.find_place().await?,
        };
        let Page { mut records, next } = self.wire.records(&iterator, self.batch_max).await?;
        let found = match records.len() {
            0 => Found::Nothing,
            some if some < self.batch_max => Found::Some,
            _ => Found::Full,
        };
        if !matches!(found, Found::Nothing) {
            for fields in records.iter_mut().filter_map(Value::as_object_mut) {
                fields.insert("eventSourceARN".to_owned(), shard.stream_arn.clone().into());
            }
            self.deliver(&shard, Batch::of(records)).await;
        }
        *place = next.map(|iterator| Place { shard, iterator });
        Ok(found)
    }

    /// Behind the checkpoint, or at the oldest record if the stream has no such place any more.
    async fn find_place(&self) -> Result<Place, Fault> {
        let shard = self.wire.shard(&self.table).await?;
        let after = self.checkpoint.after(&shard.stream_arn);
        let iterator = match self.wire.iterator(&shard, after).await {
            Err(fault) if after.is_some() && fault.is_unknown_place() => {
                let target = &self.target;
                tracing::warn!(%fault, target, "the checkpoint is not in the stream; it is read from its oldest record");
                self.wire.iterator(&shard, None).await?
            }
            iterator => iterator?,
        };
        Ok(Place { shard, iterator })
    }

    async fn deliver(&mut self, shard: &Shard, batch: Batch) {
        let mut ahead = vec![batch];
        while let Some(batch) = ahead.pop() {
            if batch.failures.len() > self.pauses.len() {
                self.bury(&batch).await;
                self.mark(shard, batch.last());
                continue;
            }
            match self.attempt(&batch).await {
                Ok(()) => self.mark(shard, batch.last()),
                Err(failure) => {
                    let (records, error) = (batch.records.len(), &failure.why);
                    tracing::warn!(target = self.target, records, error, "records of a stream were not handled");
                    let (done, next) = batch.split(failure);
                    self.mark(shard, done.last().and_then(sequence_number));
                    ahead.extend(next.into_iter().rev());
                }
            }
        }
    }

    async fn attempt(&self, batch: &Batch) -> Result<(), super::batch::Failure> {
        let pause = batch.failures.len().checked_sub(1).and_then(|repeated| self.pauses.get(repeated));
        if let Some(pause) = pause {
            tokio::time::sleep(*pause).await;
        }
        batch.judge(caught(async { (self.handler)(batch.event()).await }).await)
    }

    /// Keeps the batch under its own name, so that a repetition does not keep it twice. Does not give up: what is neither
    /// handled nor kept must not be marked as done.
    async fn bury(&self, batch: &Batch) {
        let (target, attempts) = (self.target.clone(), batch.failures.len());
        let error = batch.failures.last().cloned().unwrap_or_default();
        tracing::error!(target, attempts, error, "gave up a record of a stream");
        let file = self.dead_letters.join(format!("{}-{target}.json", batch.last().unwrap_or_default()));
        let letter = DeadLetter { target, event: batch.event(), attempts, error };
        while let Err(fault) = write_whole(&file, &letter) {
            tracing::error!(%fault, "could not keep a dead letter; trying again");
            tokio::time::sleep(FAULT_PAUSE_MAX).await;
        }
    }

    fn mark(&mut self, shard: &Shard, done: Option<&str>) {
        if let Some(sequence_number) = done {
            self.checkpoint.advance(&shard.stream_arn, sequence_number);
        }
    }
}
