//! From a workbook to a plan: the whole sheet is checked before anything is changed.

use domain::import::{AdvanceImport, Job, UPLOAD_BYTES_MAX};
use domain::import_row::TypedRow;
use domain::{Error, Granted, Result};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use sheets::{Fault, Unusable};
use tempfile::NamedTempFile;

use crate::decide::Decider;
use crate::dropped::{self, is_drop};
use crate::facts::{Facts, Organizations};
use crate::import_key::ImportKey;
use crate::{App, disk, places, plan, reading, split};

/// Look-ups under way at once.
const LOOKUPS: usize = 3;
/// Rows from one sign of progress to the next.
const PROGRESS_ROWS: u32 = 5_000;

const NOT_ALLOWED: &str =
    "Whoever asked for this import is no superadmin any more, or is suspended; nothing was changed.";
const REPLACED: &str = "The workbook was replaced or deleted before it was read.";

/// Why there is no plan.
enum NoPlan {
    /// The workbook cannot be used; nobody's trying again helps.
    Unusable(Unusable),
    /// The object is gone, or it is not the one that was announced.
    Replaced,
    /// Whoever asked for the import may not import any more.
    NotAllowed,
    /// Another attempt may succeed.
    Fault(Error),
}

impl From<Error> for NoPlan {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// Checks the job's workbook, if that was not done before. `etag` is what the arrival said the object was.
///
/// A form that was sent twice is no fault: the arrival of the newer object goes on, or the sweep does. A drop that was
/// replaced is, because the newer object is another job.
pub(crate) async fn run(app: &App, job: &Job, etag: Option<&str>) -> Result<()> {
    if is_planned(app, job).await? {
        return go_on(app, job).await;
    }
    let granted = app.advance(Some(job))?;
    let (reason, words) = match make_plan(app, job, etag, &granted).await {
        Ok(file) => return keep(app, job, &file).await,
        Err(NoPlan::Fault(error)) => return Err(error),
        Err(NoPlan::Unusable(unusable)) => (unusable.code(), unusable.to_string()),
        Err(NoPlan::NotAllowed) => ("not_allowed".to_owned(), NOT_ALLOWED.to_owned()),
        Err(NoPlan::Replaced) if !is_drop(job) && app.blobs.head(&job.source).await?.is_some() => {
            tracing::info!(import = %job.id, "the workbook was sent again");
            return Ok(());
        }
        // Another run of this job read it and removed it meanwhile.
        Err(NoPlan::Replaced) if is_planned(app, job).await? => return go_on(app, job).await,
        Err(NoPlan::Replaced) => ("replaced".to_owned(), REPLACED.to_owned()),
    };
    app.store.import_failed(&granted, job, &reason, &words, &mut app.mint()).await?;
    dropped::remove(app, job).await
}

async fn is_planned(app: &App, job: &Job) -> Result<bool> {
    Ok(app.blobs.head(&places::plan(job.id)).await?.is_some())
}

async fn go_on(app: &App, job: &Job) -> Result<()> {
    dropped::remove(app, job).await?;
    split::run(app, job).await
}

/// The first plan counts. Its arrival goes on; if it was there before, this run may do so as well.
async fn keep(app: &App, job: &Job, file: &NamedTempFile) -> Result<()> {
    let body = blobs::Body::File(file.path().to_owned());
    match app.blobs.put_new(&places::plan(job.id), body, plan::LINES).await? {
        true => dropped::remove(app, job).await,
        false => go_on(app, job).await,
    }
}

async fn make_plan(
    app: &App,
    job: &Job,
    etag: Option<&str>,
    granted: &Granted<AdvanceImport>,
) -> Result<NamedTempFile, NoPlan> {
    if !app.store.may_import(granted, job).await? {
        return Err(NoPlan::NotAllowed);
    }
    let workbook = download(app, job, etag).await?;
    app.store.import_validating(granted, job.id, 0, &app.mint()).await?;
    let mut decider = Decider::new(ImportKey::of(app, job).await?, app.temp_file()?)?;
    let reading = reading::begin(workbook.reopen().map_err(disk)?, app.temp_dir.clone());
    let organizations = Organizations::default();
    let batches =
        stream::unfold(reading.batches, |mut batches| async { batches.recv().await.map(|rows| (rows, batches)) });
    let mut looked_up =
        batches.map(|rows| look_up(app, granted, &organizations, rows).boxed()).buffered(LOOKUPS).boxed();
    let mut told = 0;
    while let Some((rows, facts)) = looked_up.try_next().await? {
        for row in rows {
            decider.decide(row, &facts)?;
        }
        if decider.is_too_long() {
            return Err(NoPlan::Unusable(Unusable::TooLarge));
        }
        if decider.rows() - told >= PROGRESS_ROWS {
            told = decider.rows();
            app.store.import_validating(granted, job.id, told, &app.mint()).await?;
        }
    }
    match reading.end.await.map_err(Error::internal)? {
        Ok(()) => Ok(decider.finish()?),
        Err(Fault::Unusable(unusable)) => Err(NoPlan::Unusable(unusable)),
        Err(Fault::Disk(why)) => Err(NoPlan::Fault(disk(why))),
    }
}

async fn look_up(
    app: &App,
    granted: &Granted<AdvanceImport>,
    organizations: &Organizations,
    rows: Vec<TypedRow>,
) -> Result<(Vec<TypedRow>, Facts)> {
    let facts = Facts::of(&app.store, granted, organizations, &rows).await?;
    Ok((rows, facts))
}

async fn download(app: &App, job: &Job, etag: Option<&str>) -> Result<NamedTempFile, NoPlan> {
    let file = app.temp_file()?;
    match app.blobs.download(&job.source, file.path(), UPLOAD_BYTES_MAX).await {
        Ok(head) if etag.is_none_or(|etag| head.etag.trim_matches('"') == etag) => Ok(file),
        Ok(_) => Err(NoPlan::Replaced),
        Err(fault) => Err(match fault.kind() {
            blobs::Kind::NotFound => NoPlan::Replaced,
            blobs::Kind::TooLarge => NoPlan::Unusable(Unusable::TooLarge),
            _ => NoPlan::Fault(fault.into()),
        }),
    }
}
