//! Results of chunks as objects.

use blobs::{Body, Kind};
use domain::Result;
use domain::import::Job;

use crate::results::{self, Done};
use crate::{App, places, plan};

/// Results of 500 rows take about 20 kB.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The results of a chunk, if it was applied.
pub(crate) async fn find(app: &App, job: &Job, name: &str) -> Result<Option<Vec<Done>>> {
    match app.blobs.get(&places::results(job.id, name), BYTES_MAX).await {
        Ok(text) => results::read(&text).map(Some),
        Err(fault) if fault.kind() == Kind::NotFound => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// Keeps the results of a chunk. The first ones count: gives those.
pub(crate) async fn keep(app: &App, job: &Job, name: &str, done: Vec<Done>) -> Result<Vec<Done>> {
    let body = Body::Bytes(results::write(&done)?);
    if app.blobs.put_new(&places::results(job.id, name), body, plan::LINES).await? {
        return Ok(done);
    }
    Ok(find(app, job, name).await?.unwrap_or(done))
}
