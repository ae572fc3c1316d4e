//! A workbook that somebody dropped becomes a job of its own.

use batch::Arrival;
use domain::id::ImportId;
use domain::import::RequestImport;
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
    let job = app.store.adopt_drop(&granted, job_id(arrival), arrival.key.clone(), &mut mint).await?;
    if job.state.is_over() {
        tracing::info!(import = %job.id, "this drop was imported before");
        return Ok(());
    }
    validate::run(app, &job, arrival.etag.as_deref()).await
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
