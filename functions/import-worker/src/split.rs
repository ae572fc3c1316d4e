//! From a plan to its chunks, each of which wakes a run of its own.

use std::path::Path;

use blobs::Body;
use domain::import::{Counts, Job};
use domain::{Error, Result};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::chunk::Chunks;
use crate::plan::Line;
use crate::{App, finish, places, plan};

/// Chunks on their way at once.
const UPLOADS: usize = 4;

/// Writes the chunks that are not there yet. A dry run, and a plan without a row to apply, go to the result at once.
pub(crate) async fn run(app: &App, job: &Job) -> Result<()> {
    if job.dry_run {
        return finish::run(app, job).await;
    }
    let Some(file) = plan::fetch(app, job).await? else {
        tracing::warn!(import = %job.id, "the plan is gone; the sweep ends the import");
        return Ok(());
    };
    let (counts, chunks) = measure(file.path())?;
    app.store.import_running(&app.advance(Some(job))?, job, counts, chunks, &mut app.mint()).await?;
    if chunks == 0 {
        return finish::run(app, job).await;
    }
    let pieces = (1..).map(places::numbered).zip(Chunks::of(plan::lines(file.path())?));
    let puts = stream::iter(pieces).map(|(name, lines)| put(app, job, name, lines).boxed());
    puts.buffer_unordered(UPLOADS).try_collect().await
}

/// How many rows there are, how many of them were refused already, and how many chunks the others make.
fn measure(path: &Path) -> Result<(Counts, u32)> {
    let mut pieces = Chunks::of(plan::lines(path)?);
    let mut chunks = 0;
    for piece in pieces.by_ref() {
        piece?;
        chunks += 1;
    }
    Ok((Counts { rows: pieces.rows, errors: pieces.refused, ..Counts::default() }, chunks))
}

async fn put(app: &App, job: &Job, name: String, lines: Result<Vec<Line>>) -> Result<()> {
    let mut text = vec![];
    for line in lines? {
        serde_json::to_writer(&mut text, &line).map_err(Error::internal)?;
        text.push(b'\n');
    }
    app.blobs.put_new(&places::chunk(job.id, &name), Body::Bytes(text), plan::LINES).await?;
    Ok(())
}
