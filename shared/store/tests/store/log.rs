//! The audit log a page at a time: nothing left out, nothing twice, and no request without an end.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::change::{Change, Target};
use domain::event::Event;
use domain::id::EventId;
use domain::organization::Organization;
use domain::{EventKind, Timestamp};
use store::EventFilter;

use crate::bench::{Bench, Item, MIDNIGHT, NOW, superadmin};
use crate::bench::{mint, now};

/// What an answer of a function may have, with room for quotes that are written twice.
const PAGE_BYTES_MAX: usize = 2_600_000;
/// What a request may ask of a log that one group of days holds.
const QUERIES_MAX: usize = 9 * 8 + 32;

/// An event of that id, with so many bytes in it.
fn event(place: &Organization, kind: EventKind, id: EventId, bytes: usize) -> Event {
    let changes = vec![Change::set("description", "x".repeat(bytes))];
    let event = Event::of(&superadmin(place), &mut mint(), kind, Target::unnamed("project", "prj"), changes);
    Event { id, at: Timestamp::from_millis(id.ulid().timestamp_ms()), ..event }
}

fn item(event: &Event) -> Item {
    let mut item: Item = serde_dynamo::to_item(event).unwrap();
    let (day, shard) = (event.at.day(), event.id.ulid().0 % 8);
    let keys = [
        ("pk", format!("{}#{day}#{shard}", event.organization.unwrap())),
        ("sk", event.id.to_string()),
        ("gsi1pk", format!("{day}#{shard}")),
        ("gsi1sk", event.id.to_string()),
    ];
    item.extend(keys.map(|(name, value)| (name.to_owned(), AttributeValue::S(value))));
    item
}

impl Bench {
    async fn record(&self, events: &[Event]) {
        self.put("events", events.iter().map(item).collect()).await;
    }
}

fn only(action: EventKind) -> EventFilter {
    EventFilter { action: Some(action), ..EventFilter::default() }
}

#[tokio::test]
async fn a_filter_that_lets_little_through_reads_each_shard_at_once_and_not_item_by_item() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let busy = |n: u64| event(&acme, EventKind::MemberAdded, EventId::from_parts(NOW - 1_000 - n, n.into()), 10);
    let wanted = event(&acme, EventKind::MemberRemoved, EventId::from_parts(MIDNIGHT + 5, 3), 10);
    let mut events: Vec<Event> = (0..600).map(busy).collect();
    events.push(wanted.clone());
    bench.record(&events).await;
    let _ = bench.proxy.take_log();
    let page = bench.log(&acme, &only(EventKind::MemberRemoved), None, 1).await;
    assert_eq!(page.items, [wanted]);
    let queries = bench.calls("Query");
    assert!(queries <= 16, "{queries} queries");
}

#[tokio::test]
async fn a_filter_that_has_to_read_on_and_on_gives_a_cursor_that_leads_to_the_rest() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    // All in one shard, two or three to a query.
    let large = |n: u64| event(&acme, EventKind::ProjectEdited, EventId::from_parts(NOW - 1_000 - n, 8), 380_000);
    let wanted = event(&acme, EventKind::MemberRemoved, EventId::from_parts(MIDNIGHT + 5, 8), 10);
    let mut events: Vec<Event> = (0..40).map(large).collect();
    events.push(wanted.clone());
    bench.record(&events).await;
    let (mut found, mut pages, mut cursor) = (vec![], 0, None);
    let _ = bench.proxy.take_log();
    loop {
        let page = bench.log(&acme, &only(EventKind::MemberRemoved), cursor.as_ref(), 10).await;
        let queries = bench.calls("Query");
        assert!(queries <= QUERIES_MAX, "{queries} queries");
        (pages, cursor) = (pages + 1, page.next);
        found.extend(page.items);
        if cursor.is_none() {
            break;
        }
    }
    assert!(pages > 1, "the first request read everything");
    assert_eq!(found, [wanted]);
}

#[tokio::test]
async fn a_page_of_large_events_ends_before_no_answer_can_carry_it() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let large =
        |n: u64| event(&acme, EventKind::ProjectEdited, EventId::from_parts(NOW - 1_000 - n, n.into()), 300_000);
    let events: Vec<Event> = (0..24).map(large).collect();
    bench.record(&events).await;
    let (mut found, mut cursor) = (vec![], None);
    loop {
        let page = bench.log(&acme, &only(EventKind::ProjectEdited), cursor.as_ref(), 100).await;
        let bytes = serde_json::to_vec(&page.items).unwrap().len();
        assert!(bytes <= PAGE_BYTES_MAX, "a page of {bytes} bytes");
        found.extend(page.items.into_iter().map(|event| event.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, events.iter().map(|event| event.id).collect::<Vec<_>>());
}

#[tokio::test]
async fn events_of_the_first_instant_of_a_day_are_listed_whatever_the_size_of_a_page() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let at = |millis: u64, n: u64| event(&acme, EventKind::MemberAdded, EventId::from_parts(millis, n.into()), 10);
    let mut events: Vec<Event> = (1..25).map(|n| at(MIDNIGHT, n)).collect();
    events.extend((0..10).map(|n| at(MIDNIGHT - 1, n)));
    bench.record(&events).await;
    events.sort_by_key(|event| std::cmp::Reverse(event.id));
    for limit in [1, 5, 24, 25, 100] {
        let (mut found, mut cursor) = (vec![], None);
        loop {
            let page = bench.log(&acme, &only(EventKind::MemberAdded), cursor.as_ref(), limit).await;
            found.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found.len(), events.len(), "{limit} a page");
        assert_eq!(found, events, "{limit} a page");
    }
    assert!(Timestamp::from_millis(MIDNIGHT).start_of_day().millis() == MIDNIGHT && MIDNIGHT < now().millis());
}
