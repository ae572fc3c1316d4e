//! Events whose stream record was lost, found by looking through the log behind the stream.

use std::time::Duration;

use domain::delivery::SendNotices;
use domain::notices::notices_of;
use domain::{Event, Granted, Result};
use store::PlannedThrough;

use crate::{App, logged, plan};

/// The stream has so long to tell of an event.
const LEFT_TO_THE_STREAM: Duration = Duration::from_secs(5 * 60);

/// Looks through the log, a step of each shard in turn, and plans what has no mark, until all of it is looked through or the
/// time is over; the next run goes on from there. Planning is done once however often it is asked for, so a mark that is missing
/// costs no more than the look.
pub(crate) async fn plan(app: &App, at_most: Duration) -> Result<()> {
    let granted = app.granted()?;
    let mut through = app.store.planned_through(&granted).await?;
    let looked = look(app, &granted, &mut through, at_most).await;
    app.store.move_planned_through(&granted, &mut through).await?;
    looked
}

async fn look(
    app: &App,
    granted: &Granted<SendNotices>,
    through: &mut PlannedThrough,
    at_most: Duration,
) -> Result<()> {
    let (end, until) = (app.now().minus(LEFT_TO_THE_STREAM), app.now().plus(at_most));
    let mut left: Vec<u8> = PlannedThrough::shards().collect();
    while !left.is_empty() {
        let mut more = vec![];
        for shard in left {
            if app.now() >= until {
                tracing::warn!("some events could not be looked through in time; the next run goes on with them");
                return Ok(());
            }
            if !is_through(app, granted, through, shard, end).await? {
                more.push(shard);
            }
        }
        left = more;
    }
    Ok(())
}

/// One step of one shard; whether it was the last.
async fn is_through(
    app: &App,
    granted: &Granted<SendNotices>,
    through: &mut PlannedThrough,
    shard: u8,
    end: domain::Timestamp,
) -> Result<bool> {
    let from = through.of(shard, app.now());
    if from.ulid().timestamp_ms() >= end.millis() {
        return Ok(true);
    }
    let step = app.store.unplanned_events(granted, shard, from, end).await?;
    for event in step.events.iter().filter(|event| !notices_of(event).is_empty()) {
        match planned(app, event).await {
            Ok(()) => tracing::debug!(event = %event.id, "an event without a mark is planned"),
            Err(error) if error.code().is_retryable() => return Err(error),
            // The stream has put it aside too; it must not hold up what follows.
            Err(error) => logged(&error, "an event can never be planned"),
        }
    }
    through.moved(shard, step.next);
    Ok(step.next.ulid().timestamp_ms() >= end.millis())
}

async fn planned(app: &App, event: &Event) -> Result<()> {
    let mut planning = plan::Planning::of(app, std::slice::from_ref(event)).await?;
    planning.plan(event).await?;
    planning.finish().await?.into_iter().next().map_or(Ok(()), |(_, why)| Err(why))
}
