//! The bulk import, driven by objects: a workbook arrives, is checked as a whole into a plan, applied in chunks, and
//! answered by a workbook.
//!
//! Every message may come twice, late or out of order, and every run may be killed anywhere. So each stage looks at
//! what is there, ids and passwords follow from the import's key and the row, and a plan, a chunk or a result is
//! written once: the first one counts.

mod applied;
mod apply;
mod chunk;
mod decide;
mod dropped;
mod facts;
mod finish;
mod import_key;
mod people;
mod places;
mod plan;
mod reading;
mod results;
mod scratch;
mod split;
mod sweep;
mod validate;

use std::path::PathBuf;

use batch::{Arrival, Message};
use domain::actor::SystemPart;
use domain::id::ImportId;
use domain::import::{AdvanceImport, Job};
use domain::scope::Platform;
use domain::{Actor, Code, Error, Granted, Mint, Origin, Principal, Result, Timestamp};
use serde_json::Value;

pub use scratch::clear_scratch;
pub use sweep::sweep;

use crate::places::Place;

/// What the worker stands on.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: store::Store,
    /// Workbooks, plans, chunks and results.
    pub blobs: blobs::Blobs,
    /// The keys of imports and of temporary passwords.
    pub vault: vault::Vault,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
    /// Where workbooks and plans lie while they are worked on; they are removed at once afterwards.
    pub temp_dir: PathBuf,
}

/// Handles whatever woke the worker: objects that arrived, or the schedule of the sweep.
///
/// # Errors
/// As [`handle_object`] and [`sweep`].
pub async fn handle(app: &App, event: Value) -> Result<Value> {
    match Message::read(event)? {
        Message::Objects(arrivals) => arrived(app, &arrivals).await?,
        Message::Items(_) | Message::Mail(_) => return Err(reads_nothing_else()),
        Message::Schedule => sweep(app).await?,
    }
    Ok(Value::Null)
}

/// Handles objects that arrived, from the JSON that S3 sends. Other objects than those of an import are no fault.
///
/// # Errors
/// What went wrong; the whole event is to be told again, unless its code [cannot be retried](domain::Code::is_retryable).
pub async fn handle_object(app: &App, event: Value) -> Result<()> {
    match Message::read(event)? {
        Message::Objects(arrivals) => arrived(app, &arrivals).await,
        Message::Items(_) | Message::Mail(_) => Err(reads_nothing_else()),
        Message::Schedule => Ok(()),
    }
}

/// The template gives it nothing else, so this is a mistake in the deployment and must be seen.
fn reads_nothing_else() -> Error {
    Error::new(Code::Malformed, "the import worker reads objects and the schedule")
}

async fn arrived(app: &App, arrivals: &[Arrival]) -> Result<()> {
    for arrival in arrivals {
        let place = Place::of(&arrival.key);
        match &place {
            Place::Drop => dropped::run(app, arrival).await?,
            Place::Other => tracing::info!(key = arrival.key, "not an object of an import"),
            Place::Upload(id) | Place::Plan(id) | Place::Chunk(id, _) => {
                let Some(job) = app.open_job(*id).await? else {
                    tracing::info!(import = %id, key = arrival.key, "no such import, or it is over");
                    continue;
                };
                match &place {
                    Place::Plan(_) => split::run(app, &job).await?,
                    Place::Chunk(_, name) => apply::run(app, &job, name).await?,
                    _ => validate::run(app, &job, arrival.etag.as_deref()).await?,
                }
            }
        }
    }
    Ok(())
}

impl App {
    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn mint(&self) -> Mint {
        Mint::new(self.now(), (self.random)())
    }

    /// The importer itself, on behalf of whoever asked for the job.
    fn actor(&self, job: Option<&Job>) -> Actor {
        let on_behalf_of = job.and_then(|job| job.created_by.id.clone());
        let principal = Principal::System { part: SystemPart::Importer, on_behalf_of };
        Actor { principal, standing: None, origin: Origin::default() }
    }

    fn advance(&self, job: Option<&Job>) -> Result<Granted<AdvanceImport>> {
        self.actor(job).grant(AdvanceImport, Platform)
    }

    /// The job, unless there is none or it is over.
    async fn open_job(&self, id: ImportId) -> Result<Option<Job>> {
        let job = self.store.import_to_advance(&self.advance(None)?, id).await?;
        Ok(job.filter(|job| !job.state.is_over()))
    }

    /// A file that is gone when it is dropped.
    fn temp_file(&self) -> Result<tempfile::NamedTempFile> {
        scratch::file(&self.temp_dir).map_err(disk)
    }
}

/// The disk failed: another attempt, on another machine perhaps, may succeed.
fn disk(why: std::io::Error) -> Error {
    Error::unavailable(why)
}
