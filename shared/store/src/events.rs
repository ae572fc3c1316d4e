//! The audit log as it is read: newest first, day by day, the shards of a day side by side.

use std::time::Duration;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::{ReadAudit, ReadOwnActivity, ReadPlatformAudit};
use domain::event::{ActorRecord, Outcome};
use domain::id::{EventId, OrganizationId, ProjectId, RequestId};
use domain::{Category, Event, EventKind, Granted, Result, Timestamp};
use futures::future::try_join_all;

use crate::core::{Item, Store, decode};
use crate::cursor::Cursor;
use crate::fault::Fault;
use crate::items::EventItem;
use crate::keys::{EVENT_SHARDS, event, index};
use crate::page::{Filling, Page, Weighed, weight};

/// Days are read in groups of that many, once the first day gave too little.
const DAYS_AT_ONCE: u64 = 4;
/// A request reads the shards of so many groups of days at most, which is 93 days; then it gives a cursor.
const GROUPS_MAX: u64 = 24;
/// A day that one query a shard does not read to its end is asked again, so often in a request; then it gives a cursor.
const AGAIN_MAX: u64 = 8;
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
    /// About what.
    pub category: Option<Category>,
    /// On what: a target's id.
    pub target: Option<String>,
    /// Whether it took place.
    pub outcome: Option<Outcome>,
    /// In which project.
    pub project: Option<ProjectId>,
    /// In which request.
    pub request: Option<RequestId>,
}

impl EventFilter {
    /// Whether each event of the time is one of them.
    fn takes_all(&self) -> bool {
        self.clauses().is_empty()
    }

    /// What an event has to have: an attribute, as the database finds it, and its value.
    fn clauses(&self) -> Vec<([&'static str; 2], String)> {
        let json = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let clauses = [
            (["actor", "id"], self.actor.clone()),
            (["action", ""], self.action.map(EventKind::name)),
            (["category", ""], self.category.map(|category| json(serde_json::to_value(category)))),
            (["target", "id"], self.target.clone()),
            (["outcome", ""], self.outcome.map(|outcome| json(serde_json::to_value(outcome)))),
            (["project", ""], self.project.map(|id| id.to_string())),
            (["origin", "request"], self.request.map(|id| id.to_string())),
        ];
        clauses.into_iter().filter_map(|(path, value)| Some((path, value?))).collect()
    }
}

/// Whose log: an organization's, what one did there oneself, or everything.
#[derive(Clone, Copy)]
enum Log {
    Organization(OrganizationId),
    Own(OrganizationId),
    Everything,
}

impl Log {
    /// The list's name in its cursors.
    fn list(self) -> &'static str {
        match self {
            Self::Organization(_) => "events",
            Self::Own(_) => "own-events",
            Self::Everything => "all-events",
        }
    }

    /// Where a shard of a day lies: the index if it is one, the names of the two key attributes, the partition.
    fn shard(self, day: &str, shard: u8) -> (Option<&'static str>, [&'static str; 2], String) {
        match self {
            Self::Organization(id) | Self::Own(id) => (None, ["pk", "sk"], event::partition(Some(id), day, shard)),
            Self::Everything => (Some(index::FIRST), ["gsi1pk", "gsi1sk"], event::day_partition(day, shard)),
        }
    }
}

/// What is left to read: events before this id, not before that instant.
struct Span {
    before: EventId,
    from: Timestamp,
}

impl Span {
    fn is_over(&self) -> bool {
        millis(self.before) <= self.from.millis()
    }

    /// The highest id that is left.
    fn newest(&self) -> EventId {
        let below = self.before.ulid().0.saturating_sub(1);
        let millis = u64::try_from(below >> 80).unwrap_or(u64::MAX);
        EventId::from_parts(millis, below & ((1 << 80) - 1))
    }

    /// The newest day that is left, and those before it.
    fn days(&self, count: u64) -> impl Iterator<Item = Timestamp> {
        let newest = millis(self.newest());
        (0..count).filter_map(move |back| newest.checked_sub(back * DAY_MILLIS)).map(Timestamp::from_millis)
    }
}

/// One log, and which of its events.
struct Search<'a> {
    log: Log,
    filter: &'a EventFilter,
}

/// What a look into some shards found: matches, newest first, and the lowest id that all of them have passed.
struct Looked {
    events: Vec<Weighed<Event>>,
    passed: EventId,
    /// Whether each shard was read to the end.
    to_the_end: bool,
}

/// What one query of one shard read.
struct Read {
    events: Vec<Weighed<Event>>,
    /// Where it stopped, if not at the end.
    stopped: Option<EventId>,
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

    /// AP-80, of what the caller did there, whatever the filter says of an actor.
    pub async fn list_own_events(
        &self,
        granted: &Granted<ReadOwnActivity>,
        filter: EventFilter,
        since: Timestamp,
        cursor: Option<&Cursor>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Event>> {
        let log = Log::Own(granted.scope().organization());
        let own = ActorRecord::from(&granted.actor().principal).id.unwrap_or_default();
        self.events_of(log, &EventFilter { actor: Some(own), ..filter }, since, cursor, limit, now).await
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

    async fn events_of(
        &self,
        log: Log,
        filter: &EventFilter,
        since: Timestamp,
        cursor: Option<&Cursor>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Event>> {
        let search = Search { log, filter };
        let sent = cursor.map(|cursor| cursor.place(log.list())).transpose()?;
        let mut span = span(filter, since, sent, now);
        let (mut page, mut days, mut again) = (Filling::new(limit), 1, 0);
        for group in 0..GROUPS_MAX {
            if page.is_full() || span.is_over() || again >= AGAIN_MAX {
                break;
            }
            // A filter that lets much through is content with few; one that does not needs all that a query can read.
            let few = filter.takes_all() || group == 0;
            let Looked { events, passed, to_the_end } =
                self.look(&search, &span, days, few.then_some(limit.saturating_add(1))).await?;
            for Weighed { weight, one } in events {
                let id = one.id;
                if !page.take(weight, one) {
                    let place = page.last().map_or(id, |event| event.id);
                    return Ok(Page { items: page.items, next: Some(Cursor::at(log.list(), &place)?) });
                }
            }
            span.before = passed;
            (days, again) = if to_the_end { (DAYS_AT_ONCE, again) } else { (1, again + 1) };
        }
        let next = (!span.is_over()).then(|| Cursor::at(log.list(), &span.before)).transpose()?;
        Ok(Page { items: page.items, next })
    }

    /// One query of each shard of so many days back from the end of the span. What one shard has passed and another has
    /// not is left out: it is met again.
    async fn look(&self, search: &Search<'_>, span: &Span, days: u64, few: Option<u32>) -> Result<Looked> {
        let shards = |day: Timestamp| (0..EVENT_SHARDS).map(move |shard| (day, shard));
        let calls = span.days(days).flat_map(shards).map(|(day, shard)| self.shard(search, span, day, shard, few));
        let reads = try_join_all(calls).await?;
        let stopped = reads.iter().filter_map(|read| read.stopped).max();
        let oldest = span.days(days).last().unwrap_or(span.from).start_of_day();
        let passed = stopped.unwrap_or_else(|| EventId::from_parts(oldest.millis(), 0));
        let events = reads.into_iter().flat_map(|read| read.events).filter(|event| event.one.id >= passed);
        let mut events: Vec<_> = events.collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.one.id));
        Ok(Looked { events, passed, to_the_end: stopped.is_none() })
    }

    /// One query, which reads as many items as that or what the database gives at once (1 MB).
    async fn shard(
        &self,
        search: &Search<'_>,
        span: &Span,
        day: Timestamp,
        shard: u8,
        few: Option<u32>,
    ) -> Result<Read> {
        let (index, [pk, sk], partition) = search.log.shard(&day.day(), shard);
        let (lowest, highest) = (EventId::from_parts(span.from.millis(), 0), span.newest());
        let call = self
            .client
            .query()
            .table_name(&self.events)
            .set_index_name(index.map(str::to_owned))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", pk)
            .expression_attribute_names("#sk", sk)
            .expression_attribute_values(":pk", text(&partition))
            .expression_attribute_values(":low", text(&lowest.to_string()))
            .expression_attribute_values(":high", text(&highest.to_string()))
            .scan_index_forward(false)
            .consistent_read(index.is_none())
            .set_limit(few.and_then(|few| i32::try_from(few).ok()));
        let answer = search.filter.of(call).send().await;
        let answer = answer.map_err(|why| Fault::from(why).into_error("reading events"))?;
        let event = |item: Item| {
            let weight = weight(&item);
            decode::<EventItem>(item).map(|item| Weighed { weight, one: item.into() })
        };
        let events = answer.items.unwrap_or_default().into_iter().map(event).collect::<Result<_>>()?;
        let stopped = answer.last_evaluated_key.and_then(|key| key.get(sk)?.as_s().ok()?.parse().ok());
        Ok(Read { events, stopped })
    }
}

impl EventFilter {
    /// The query for those alone.
    fn of(&self, mut call: QueryFluentBuilder) -> QueryFluentBuilder {
        let mut conditions = vec![];
        for ([attribute, part], value) in self.clauses() {
            call = call.expression_attribute_names(format!("#{attribute}"), attribute);
            call = call.expression_attribute_values(format!(":{attribute}"), text(&value));
            if part.is_empty() {
                conditions.push(format!("#{attribute} = :{attribute}"));
            } else {
                call = call.expression_attribute_names(format!("#{attribute}_{part}"), part);
                conditions.push(format!("#{attribute}.#{attribute}_{part} = :{attribute}"));
            }
        }
        call.set_filter_expression((!conditions.is_empty()).then(|| conditions.join(" AND ")))
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
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
