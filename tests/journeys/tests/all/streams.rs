//! What a change sets off: its event reaches whoever reads the events table's stream.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use batch::{Message, Unhandled};
use domain::{Event, EventKind};
use journeys::Portal;
use serde_json::Value;

/// The events that a reader of the stream was told, in their order.
fn read_stream(portal: &Portal) -> Arc<Mutex<Vec<Event>>> {
    let told = Arc::<Mutex<Vec<Event>>>::default();
    let kept = Arc::clone(&told);
    let handler = move |message: Value| {
        let Message::Items(items) = Message::read(message).unwrap() else { panic!("not of a stream") };
        kept.lock().unwrap().extend(items.into_iter().map(|one| store::event_in(one.item).unwrap()));
        async { Ok(Value::from(Unhandled::default())) }
    };
    portal.stack().streams().on(&portal.stack().card().tables.events, "reader", handler).unwrap();
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_through_the_stream_as_the_audit_log_has_it() {
    let portal = Portal::start().await;
    let told = read_stream(&portal);
    let org = portal.organization("Acme").await;
    let log = portal.events(&org).await;
    // After the log was read: what stands in it has been told by then.
    portal.stack().idle().await;
    let told = told.lock().unwrap().clone();
    assert!(portal.stack().streams().dead_letters().unwrap().is_empty());
    let told: BTreeMap<String, &Event> = told.iter().map(|event| (event.id.to_string(), event)).collect();
    let actions: Vec<(&str, EventKind)> = log
        .iter()
        .map(|event| (event["action"].as_str().unwrap(), told[event["id"].as_str().unwrap()].action))
        .collect();
    assert!(actions.iter().all(|(logged, told)| *logged == told.name()), "{actions:?}");
    assert!(actions.iter().any(|(_, told)| *told == EventKind::OrganizationCreated), "{actions:?}");
}
