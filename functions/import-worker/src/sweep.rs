//! The regular work: moves on what stands still, and removes what was kept long enough.

use std::time::Duration;

use domain::Granted;
use domain::Result;
use domain::import::{AdvanceImport, Job, RESULT_KEPT, State, folder};

use crate::dropped::{self, is_drop};
use crate::places::Place;
use crate::{App, apply, finish, import_key, validate};

/// An open job that nothing happened to for that long stands still.
const STILL: Duration = Duration::from_secs(5 * 60);
/// An open job that old will not be done any more.
const GIVEN_UP: Duration = Duration::from_secs(24 * 3600);
const NEVER_DONE: &str = "The workbook could not be checked within 24 hours; nothing was changed. Upload it again.";
const INTERRUPTED: &str = "The import stood still for over a day, and what its result would say is gone. Some rows may have been applied: import the workbook again, and they end as already_member.";
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
        note(&job, clean(app, &granted, &job).await);
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
    if job.state == State::Queued && !is_drop(job) && app.blobs.head(&job.source).await?.is_none() {
        let is_late = job.created_at.plus(RESULT_KEPT) <= app.now();
        let mut mint = app.mint();
        return match is_late {
            true => app.store.import_failed(granted, job, "not_uploaded", NEVER_CAME, &mut mint).await,
            false => Ok(()),
        };
    }
    if job.created_at.plus(GIVEN_UP) <= app.now() {
        return give_up(app, granted, job).await;
    }
    validate::run(app, job, job.etag.as_deref()).await?;
    // A chunk that cannot be applied keeps no later one waiting.
    let mut outcome = Ok(());
    for key in app.blobs.list(&format!("{}chunks/", folder(job.id))).await? {
        let Place::Chunk(id, name) = Place::of(&key) else { continue };
        let Some(job) = app.open_job(id).await? else { break };
        outcome = outcome.and(apply::run(app, &job, &name).await);
    }
    outcome
}

/// What could not be done in a day ends with what there is, so that whoever waits for it is told.
async fn give_up(app: &App, granted: &Granted<AdvanceImport>, job: &Job) -> Result<()> {
    tracing::error!(import = %job.id, "an import is given up");
    if !matches!(job.state, State::Running { .. }) {
        app.store.import_failed(granted, job, "internal", NEVER_DONE, &mut app.mint()).await?;
        return dropped::remove(app, job).await;
    }
    match finish::give_up(app, job).await {
        Err(error) if !error.code().is_retryable() => {
            note(job, Err(error));
            app.store.import_broken_off(granted, job, "interrupted", INTERRUPTED, &mut app.mint()).await
        }
        outcome => outcome,
    }
}

/// The key goes first: without it the plan's passwords cannot be read.
async fn clean(app: &App, granted: &Granted<AdvanceImport>, job: &Job) -> Result<()> {
    app.vault.destroy_secret(&import_key::path(job.id)).await?;
    app.blobs.delete_under(&folder(job.id)).await?;
    app.store.import_cleaned(granted, job.id).await
}
