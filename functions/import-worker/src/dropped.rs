//! A workbook that somebody dropped becomes a job of its own.

use batch::Arrival;
use domain::id::ImportId;
use domain::import::{DROPS, Job, RequestImport};
use domain::scope::Platform;
use domain::{Actor, Origin, Principal, Result};
use sha2::{Digest, Sha256};

use crate::{App, validate};

/// Adopts the workbook in the name of whoever dropped it, and checks it.
pub(crate) async fn run(app: &App, arrival: &Arrival) -> Result<()> {
    let principal = Principal::Dropper { name: arrival.principal.clone() };
    let actor = Actor { principal, standing: None, origin: Origin::default() };
    let granted = actor.grant(RequestImport { dry_run: false }, Platform)?;
    let mut mint = app.mint();
    let job =
        app.store.adopt_drop(&granted, job_id(arrival), arrival.key.clone(), arrival.etag.clone(), &mut mint).await?;
    if job.state.is_over() {
        tracing::info!(import = %job.id, "this drop was imported before");
        return remove(app, &job).await;
    }
    validate::run(app, &job, job.etag.as_deref()).await
}

/// Removes the workbook, if the job's was dropped and is still there: it may hold passwords, and the plan has all of it.
/// What was dropped in its place stays.
pub(crate) async fn remove(app: &App, job: &Job) -> Result<()> {
    let (true, Some(etag)) = (is_drop(job), &job.etag) else { return Ok(()) };
    app.blobs.delete_unchanged(&job.source, etag).await?;
    Ok(())
}

/// Whether the workbook was dropped, rather than sent with a form.
pub(crate) fn is_drop(job: &Job) -> bool {
    job.source.starts_with(DROPS)
}

/// Follows from the arrival: the same one told twice is one job, the same workbook dropped twice is two.
fn job_id(arrival: &Arrival) -> ImportId {
    let mut hash = Sha256::new();
    for part in [&arrival.bucket, &arrival.key, &arrival.sequencer] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let random = hash.finalize().iter().take(10).fold(0, |sum, byte| (sum << 8) | u128::from(*byte));
    ImportId::from_parts(arrival.at.millis(), random)
}
