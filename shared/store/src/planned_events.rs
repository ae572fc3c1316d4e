//! Which events were planned: marks that whoever plans them leaves, and how far it was looked for events without one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::delivery::{SendNotices, TOLD_AT_MOST};
use domain::id::EventId;
use domain::{Event, Granted, Result, Timestamp};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::core::{Item, Store, decode, encode};
use crate::fault::Fault;
use crate::items::{EventItem, TenantItem};
use crate::keys::{EVENT_SHARDS, Key, event, index, mails};

/// So many events are looked at in one step.
const STEP: i32 = 100;
/// Marks that are read for them: one each, and some that lie across the end.
const MARKS: i32 = 150;
/// Marks are kept a day longer than anything is told.
const KEPT: Duration = Duration::from_secs(24 * 3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How far each shard was looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedThrough {
    /// By shard: every event before that one was planned.
    shards: BTreeMap<String, EventId>,
    version: u64,
}

/// One step of looking.
#[derive(Clone, Debug)]
pub struct Unplanned {
    /// Events without a mark; they may be planned all the same.
    pub events: Vec<Event>,
    /// Where the next step begins.
    pub next: EventId,
}

#[derive(Serialize, Deserialize)]
struct MarkItem {
    pk: String,
    sk: String,
    ids: Vec<EventId>,
    expires: u64,
}

impl PlannedThrough {
    /// The shards that days of events spread over.
    pub fn shards() -> impl Iterator<Item = u8> {
        0..EVENT_SHARDS
    }

    /// The first event of that shard that was not looked at. What is older than anything that is told needs no look.
    #[must_use]
    pub fn of(&self, shard: u8, now: Timestamp) -> EventId {
        let oldest = EventId::from_parts(now.minus(TOLD_AT_MOST).millis(), 0);
        self.shards.get(&shard.to_string()).copied().unwrap_or(oldest).max(oldest)
    }

    /// That shard was looked through up to there.
    pub fn moved(&mut self, shard: u8, next: EventId) {
        self.shards.insert(shard.to_string(), next);
    }
}

impl Store {
    /// AP-193. Marks events as planned: one item for each shard of a day, so at most 8 for a stream's message of one day.
    pub async fn mark_planned(&self, _: &Granted<SendNotices>, events: &[&Event], now: Timestamp) -> Result<()> {
        let mut shards: BTreeMap<(String, u8), Vec<EventId>> = BTreeMap::new();
        for event in events {
            shards.entry((event.at.day(), event::shard(event))).or_default().push(event.id);
        }
        let puts = shards.into_iter().filter_map(|((day, shard), ids)| {
            let Key { pk, sk } = mails::planned(&day, shard, ids.iter().max().copied()?);
            let expires = now.plus(TOLD_AT_MOST).plus(KEPT).seconds();
            Some(self.put_mark(MarkItem { pk, sk, ids, expires }))
        });
        try_join_all(puts).await.map(|_| ())
    }

    async fn put_mark(&self, mark: MarkItem) -> Result<()> {
        let call = self.client.put_item().table_name(&self.platform).set_item(Some(encode(&mark)?));
        call.send().await.map_err(|why| Fault::from(why).into_error("marking events as planned"))?;
        Ok(())
    }

    /// AP-194. How far it was looked.
    pub async fn planned_through(&self, _: &Granted<SendNotices>) -> Result<PlannedThrough> {
        let item: Option<TenantItem<PlannedThrough>> = self.get(&self.platform, &mails::planned_through()).await?;
        Ok(item.map(|item| item.content).unwrap_or_default())
    }

    /// AP-195. Looks at up to a hundred events of a shard from that one on, within one day and before `end`; the index is
    /// eventually consistent, so `end` is some time ago.
    pub async fn unplanned_events(
        &self,
        _: &Granted<SendNotices>,
        shard: u8,
        from: EventId,
        end: Timestamp,
    ) -> Result<Unplanned> {
        let day = Timestamp::from_millis(from.ulid().timestamp_ms());
        let day_end = EventId::from_parts(day.start_of_day().plus(DAY).min(end).millis(), 0);
        let partition = event::day_partition(&day.day(), shard);
        let range = (from.to_string(), neighbour(day_end, -1).to_string());
        let (items, has_more) = self.range(&self.events, Some(index::FIRST), partition, range, STEP).await?;
        let events = items.into_iter().map(|item| decode::<EventItem>(item).map(Event::from));
        let mut events: Vec<Event> = events.collect::<Result<_>>()?;
        let next = events.last().filter(|_| has_more).map_or(day_end, |last| neighbour(last.id, 1));
        if let Some(first) = events.first().map(|event| event.id) {
            let marked = self.marked(&day.day(), shard, first).await?;
            events.retain(|event| !marked.contains(&event.id));
        }
        Ok(Unplanned { events, next })
    }

    async fn marked(&self, day: &str, shard: u8, first: EventId) -> Result<BTreeSet<EventId>> {
        let Key { pk, sk } = mails::planned(day, shard, first);
        let (marks, _) = self.range(&self.platform, None, pk, (sk, "evt_~".to_owned()), MARKS).await?;
        let ids = marks.into_iter().map(|mark| decode::<MarkItem>(mark).map(|mark| mark.ids));
        Ok(ids.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// AP-196. It was looked that far; nothing if another run says so at this moment, which has looked itself.
    pub async fn move_planned_through(&self, _: &Granted<SendNotices>, through: &mut PlannedThrough) -> Result<()> {
        let before = through.version;
        through.version += 1;
        let item = encode(&TenantItem::of(mails::planned_through(), &*through))?;
        let call = self.client.put_item().table_name(&self.platform).set_item(Some(item));
        let call = call.condition_expression("attribute_not_exists(pk) OR #version = :version");
        let call = call.expression_attribute_names("#version", "version");
        let call = call.expression_attribute_values(":version", AttributeValue::N(before.to_string()));
        match call.send().await.map_err(Fault::from) {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("noting how far events are planned")),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Items of a partition whose sort key lies between, in order, and whether there are more.
    async fn range(
        &self,
        table: &str,
        index: Option<&str>,
        partition: String,
        (from, to): (String, String),
        limit: i32,
    ) -> Result<(Vec<Item>, bool)> {
        let of = index.unwrap_or_default();
        let text = |value: String| AttributeValue::S(value);
        let call = self
            .client
            .query()
            .table_name(table)
            .set_index_name(index.map(str::to_owned))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#pk", format!("{of}pk"))
            .expression_attribute_names("#sk", format!("{of}sk"))
            .expression_attribute_values(":pk", text(partition))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to))
            .limit(limit);
        let answer = call.send().await.map_err(|why| Fault::from(why).into_error("reading what was planned"))?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key.is_some()))
    }
}

/// The id right behind or before another one.
fn neighbour(id: EventId, step: i128) -> EventId {
    let number = id.ulid().0.saturating_add_signed(step);
    EventId::from_parts(u64::try_from(number >> 80).unwrap_or(u64::MAX), number & ((1 << 80) - 1))
}
