//! The regular work: moves on what stands still, and removes what was kept long enough.

use std::time::Duration;

use domain::Granted;
use domain::Result;
use domain::import::{AdvanceImport, Job, RESULT_KEPT, State, folder};

use crate::places::{DROPS, Place};
use crate::{App, apply, import_key, validate, vault_fault};

/// An open job that nothing happened to for that long stands still.
const STILL: Duration = Duration::from_secs(5 * 60);
const NEVER_CAME: &str = "The workbook was not uploaded within 24 hours.";

/// Moves on every open job that stands still for five minutes, and removes whatever is left of those that were over 24
/// hours ago. A job that cannot be moved on keeps no other one waiting.
///
/// # Errors
/// When the jobs cannot be read.
pub async fn sweep(app: &App) -> Result<()> {
    let granted = app.advance(None)?;
    let open = app.store.open_imports(&granted).await?;
    let now = app.now();
    for job in open.iter().filter(|job| job.updated_at.plus(STILL) <= now) {
        note(job, move_on(app, &granted, job).await);
    }
    for job in app.store.imports_to_clean(&granted, now).await? {
        note(&job, clean(app, &granted, &job, &open).await);
    }
    Ok(())
}

fn note(job: &Job, outcome: Result<()>) {
    if let Err(error) = outcome {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(import = %job.id, %error, source, "an import could not be swept");
    }
}

async fn move_on(app: &App, granted: &Granted<AdvanceImport>, job: &Job) -> Result<()> {
    if job.state == State::Queued && app.blobs.head(&job.source).await?.is_none() {
        let is_late = job.created_at.plus(RESULT_KEPT) <= app.now();
        let mut mint = app.mint();
        return match is_late {
            true => app.store.import_failed(granted, job, "not_uploaded", NEVER_CAME, &mut mint).await,
            false => Ok(()),
        };
    }
    validate::run(app, job, None).await?;
    for key in app.blobs.list(&format!("{}chunks/", folder(job.id))).await? {
        let Place::Chunk(id, name) = Place::of(&key) else { continue };
        let Some(job) = app.open_job(id).await? else { break };
        apply::run(app, &job, &name).await?;
    }
    Ok(())
}

/// The key goes first: without it the plan's passwords cannot be read.
async fn clean(app: &App, granted: &Granted<AdvanceImport>, job: &Job, open: &[Job]) -> Result<()> {
    app.vault.destroy_secret(&import_key::path(job.id)).await.map_err(vault_fault)?;
    app.blobs.delete_under(&folder(job.id)).await?;
    // Somebody may have dropped another workbook under the same name meanwhile.
    if job.source.starts_with(DROPS) && !open.iter().any(|other| other.source == job.source) {
        app.blobs.delete(&job.source).await?;
    }
    app.store.import_cleaned(granted, job.id).await
}
