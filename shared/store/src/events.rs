//! The audit log as it is read: newest first, day by day, the shards of a day side by side.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::{ReadAudit, ReadPlatformAudit};
use domain::change::Target;
use domain::id::{EventId, OrganizationId};
use domain::{Actor, Event, EventKind, Granted, Mint, Result, Timestamp};
use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::core::{Item, Store, decode};
use crate::cursor::Cursor;
use crate::fault::Fault;
use crate::items::EventItem;
use crate::keys::{EVENT_SHARDS, event, index};
use crate::page::Page;

/// A request looks back over that many days at most; a longer gap gives a cursor and no events.
const DAYS_MAX: u64 = 92;
/// Days are read in groups of that many, once the first day gave too little.
const DAYS_AT_ONCE: u64 = 4;
/// Everybody's log is read that far back.
const HOT: Duration = Duration::from_secs(400 * 24 * 3600);
const DAY_MILLIS: u64 = 86_400_000;

/// Which events.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// By whom: an actor's id.
    pub actor: Option<String>,
    /// What.
    pub action: Option<EventKind>,
}

/// Whose log: an organization's, or everything.
#[derive(Clone, Copy)]
enum Log {
    Organization(OrganizationId),
    Everything,
}

impl Log {
    /// The list's name in its cursors.
    fn list(self) -> &'static str {
        match self {
            Self::Organization(_) => "events",
            Self::Everything => "all-events",
        }
    }
}

/// What is left to read: events before this id, not before that instant.
struct Span {
    before: EventId,
    from: Timestamp,
}

/// The event in an item of the events table, as its stream tells it: the new image as plain JSON.
///
/// # Errors
/// [`Code::Internal`](domain::Code::Internal): the item is no event. Trying again cannot help.
pub fn event_in(item: Map<String, Value>) -> Result<Event> {
    EventItem::deserialize(Value::Object(item)).map(Event::from).map_err(domain::Error::internal)
}

impl Store {
    /// AP-80. An organization's events, newest first.
    pub async fn list_events(
        &self,
        granted: &Granted<ReadAudit>,
        filter: &EventFilter,
        since: Timestamp,
        cursor: Option<&Cursor>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Event>> {
        let log = Log::Organization(granted.scope().organization());
        self.events_of(log, filter, since, cursor, limit, now).await
    }

    /// AP-81. Everybody's events, newest first; the index is eventually consistent.
    pub async fn list_all_events(
        &self,
        _: &Granted<ReadPlatformAudit>,
        filter: &EventFilter,
        cursor: Option<&Cursor>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Event>> {
        self.events_of(Log::Everything, filter, now.minus(HOT), cursor, limit, now).await
    }

    /// AP-82. Records that a superadmin looked into a tenant's content.
    pub async fn record_access(&self, actor: &Actor, organization: OrganizationId, mint: &mut Mint) -> Result<()> {
        let event =
            Event::of(actor, mint, EventKind::TenantAccessed, Target::unnamed("organization", organization), vec![]);
        let write = self.event(&event)?;
        self.transact(vec![write]).await.map_err(|fault| fault.into_error("recording an access"))
    }

    async fn events_of(
        &self,
        log: Log,
        filter: &EventFilter,
        since: Timestamp,
        cursor: Option<&Cursor>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Event>> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let sent = cursor.map(|cursor| cursor.place(log.list())).transpose()?;
        let mut span = span(filter, since, sent, now);
        let (mut found, mut days) = (Vec::<Event>::new(), 1);
        let mut looked = 0;
        while found.len() < wanted && looked < DAYS_MAX && millis(span.before) > span.from.millis() {
            let batch = self.days(log, filter, &span, days, limit).await?;
            looked += days;
            let read_to = first_id_of_day(millis(span.before).saturating_sub(1), days - 1);
            found.extend(batch);
            span.before = read_to;
            days = DAYS_AT_ONCE;
        }
        let more = found.len() > wanted;
        found.truncate(wanted);
        let over = !more && millis(span.before) <= span.from.millis();
        let place = if more { found.last().map_or(span.before, |event| event.id) } else { span.before };
        let next = (!over).then(|| Cursor::at(log.list(), &place)).transpose()?;
        Ok(Page { items: found, next })
    }

    /// The events of so many days back from the end of the span, newest first; enough of each shard that no page of
    /// `limit` can miss one.
    async fn days(&self, log: Log, filter: &EventFilter, span: &Span, days: u64, limit: u32) -> Result<Vec<Event>> {
        let newest = millis(span.before).saturating_sub(1);
        let calls = (0..days).filter_map(|back| newest.checked_sub(back * DAY_MILLIS)).flat_map(|at| {
            (0..EVENT_SHARDS)
                .map(move |shard| self.shard(log, filter, span, Timestamp::from_millis(at).day(), shard, limit))
        });
        let mut events: Vec<Event> = try_join_all(calls).await?.into_iter().flatten().collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.id));
        Ok(events)
    }

    async fn shard(
        &self,
        log: Log,
        filter: &EventFilter,
        span: &Span,
        day: String,
        shard: u8,
        limit: u32,
    ) -> Result<Vec<Event>> {
        let (by, names, partition) = match log {
            Log::Organization(id) => (None, ("pk", "sk"), event::partition(Some(id), &day, shard)),
            Log::Everything => (Some(index::FIRST.to_owned()), ("gsi1pk", "gsi1sk"), event::day_partition(&day, shard)),
        };
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
        let (mut events, mut start): (Vec<Event>, Option<Item>) = (vec![], None);
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let (lowest, highest) = (EventId::from_parts(span.from.millis(), 0), before(span.before));
        loop {
            let mut call = self
                .client
                .query()
                .table_name(&self.events)
                .set_index_name(by.clone())
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
                .expression_attribute_names("#pk", names.0)
                .expression_attribute_names("#sk", names.1)
                .expression_attribute_values(":pk", text(&partition))
                .expression_attribute_values(":low", text(&lowest.to_string()))
                .expression_attribute_values(":high", text(&highest.to_string()))
                .scan_index_forward(false)
                .consistent_read(by.is_none())
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start.take());
            let mut clauses = vec![];
            if let Some(actor) = &filter.actor {
                clauses.push("actor.id = :actor");
                call = call.expression_attribute_values(":actor", text(actor));
            }
            if let Some(action) = filter.action {
                clauses.push("#action = :action");
                call = call.expression_attribute_names("#action", "action");
                call = call.expression_attribute_values(":action", text(&action.name()));
            }
            call = call.set_filter_expression((!clauses.is_empty()).then(|| clauses.join(" AND ")));
            let answer = call.send().await.map_err(|why| Fault::from(why).into_error("reading events"))?;
            for item in answer.items.unwrap_or_default() {
                events.push(decode::<EventItem>(item)?.into());
            }
            start = answer.last_evaluated_key;
            if start.is_none() || events.len() >= wanted {
                return Ok(events);
            }
        }
    }
}

fn span(filter: &EventFilter, since: Timestamp, sent: Option<EventId>, now: Timestamp) -> Span {
    let latest = filter
        .to
        .unwrap_or_else(|| Timestamp::from_millis(now.millis() + 1_000))
        .min(Timestamp::from_millis(now.millis() + 60_000));
    let end = EventId::from_parts(latest.millis(), 0);
    let before = sent.map_or(end, |sent| sent.min(end));
    Span { before, from: filter.from.unwrap_or(since).max(since) }
}

fn millis(id: EventId) -> u64 {
    id.ulid().timestamp_ms()
}

/// The id just below.
fn before(id: EventId) -> EventId {
    let below = id.ulid().0.saturating_sub(1);
    let millis = u64::try_from(below >> 80).unwrap_or(u64::MAX);
    EventId::from_parts(millis, below & ((1 << 80) - 1))
}

/// The lowest id of the day that many days before the one of `at`.
fn first_id_of_day(at: u64, back: u64) -> EventId {
    let start = Timestamp::from_millis(at.saturating_sub(back * DAY_MILLIS)).start_of_day();
    EventId::from_parts(start.millis(), 0)
}

#[cfg(test)]
mod tests {
    use domain::id::EventId;
    use domain::{Code, Origin, Principal};
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_found_in_its_item() {
        let mut mint = Mint::new(Timestamp::from_millis(1_800_000_000_123), [7; 32]);
        let actor = Actor { principal: Principal::Operator, standing: None, origin: Origin::default() };
        let target = Target::unnamed("organization", OrganizationId::from_parts(1, 2));
        let event = Event::of(&actor, &mut mint, EventKind::TenantAccessed, target, vec![]);
        let Value::Object(item) = serde_json::to_value(EventItem::from(&event)).unwrap() else { panic!("no object") };
        assert_eq!(event_in(item).unwrap(), event);
    }

    #[test]
    fn another_item_holds_no_event() {
        let item = json!({ "pk": "a", "sk": "b", "id": EventId::from_parts(1, 2).to_string() });
        let refused = event_in(item.as_object().unwrap().clone()).unwrap_err();
        assert_eq!((refused.code(), refused.code().is_retryable()), (Code::Internal, false));
    }
}
