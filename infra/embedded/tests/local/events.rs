//! Events: how they look, whom they reach, and what happens when their handler fails.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_s3::Client;
use embedded::ObjectStore;
use embedded::events::Rule;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::objects::put;
use crate::support::{BUCKET, Form, functions, key_of, operator, options, s3, soon};

type Events = Arc<Mutex<Vec<Value>>>;

async fn store(rules: Vec<Rule>) -> (TempDir, ObjectStore, Client) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.rules = rules;
    let store = ObjectStore::start(options).await.unwrap();
    let client = s3(store.endpoint(), &functions());
    (folder, store, client)
}

fn collect(store: &ObjectStore, target: &str) -> Events {
    let events = Events::default();
    let kept = Arc::clone(&events);
    store.on(target, move |event| {
        kept.lock().unwrap().push(event);
        async { Ok(()) }
    });
    events
}

fn every(event: &str) -> Rule {
    Rule { event: event.to_owned(), ..Rule::created(BUCKET, "", "all") }
}

fn names(events: &Events) -> Vec<(String, String)> {
    let told =
        |event: &Value| (event["Records"][0]["eventName"].as_str().unwrap().to_owned(), key_of(event).to_owned());
    let mut names: Vec<_> = events.lock().unwrap().iter().map(told).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_looks_like_one_of_s3() {
    let (_folder, store, _client) = store(vec![every("ObjectCreated:*")]).await;
    let events = collect(&store, "all");
    put(&s3(store.endpoint(), &operator()), "drops/a b+ü.xlsx", "hello").await;
    soon(store.idle()).await;
    let event = events.lock().unwrap().remove(0);
    let record = &event["Records"][0];
    let expected = json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": record["eventTime"],
        "eventName": "ObjectCreated:Put",
        "userIdentity": { "principalId": "AWS:operator" },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": record["responseElements"],
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "all",
            "bucket": { "name": BUCKET, "ownerIdentity": record["s3"]["bucket"]["ownerIdentity"], "arn": "arn:aws:s3:::files" },
            "object": {
                "key": "drops/a+b%2B%C3%BC.xlsx",
                "size": 5,
                "eTag": "5d41402abc4b2a76b9719d911017c592",
                "sequencer": record["s3"]["object"]["sequencer"],
            },
        },
    });
    assert_eq!(*record, expected);
    let time = record["eventTime"].as_str().unwrap();
    assert_eq!((time.len(), &time[19..20], &time[23..]), (24, ".", "Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_making_and_deleting_an_object_has_its_event() {
    let (_folder, store, client) = store(vec![every("*")]).await;
    let events = collect(&store, "all");
    put(&client, "put", "x").await;
    client.copy_object().bucket(BUCKET).key("copy").copy_source(format!("{BUCKET}/put")).send().await.unwrap();
    assert_eq!(Form::signed("drops/form", 60, 0).send(store.endpoint()).await.0, 201);
    client.delete_object().bucket(BUCKET).key("put").send().await.unwrap();
    assert_eq!(store.expire(BUCKET, "copy", Duration::ZERO).unwrap(), 1);
    soon(store.idle()).await;
    let expected = [
        ("LifecycleExpiration:Delete", "copy"),
        ("ObjectCreated:Copy", "copy"),
        ("ObjectCreated:Post", "drops/form"),
        ("ObjectCreated:Put", "put"),
        ("ObjectRemoved:Delete", "put"),
    ];
    assert_eq!(names(&events), expected.map(|(name, key)| (name.to_owned(), key.to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_goes_to_the_targets_whose_rule_fits() {
    let sheets = Rule::created(BUCKET, "drops/", "sheets").ending(".xlsx");
    let (_folder, store, client) = store(vec![sheets, Rule::created(BUCKET, "chunks/", "chunks")]).await;
    let (sheets, chunks) = (collect(&store, "sheets"), collect(&store, "chunks"));
    for key in ["drops/a.xlsx", "drops/a.txt", "chunks/1", "other/a.xlsx"] {
        put(&client, key, "x").await;
    }
    soon(store.idle()).await;
    assert_eq!(names(&sheets), [("ObjectCreated:Put".to_owned(), "drops/a.xlsx".to_owned())]);
    assert_eq!(names(&chunks), [("ObjectCreated:Put".to_owned(), "chunks/1".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_write_raises_no_event() {
    let (_folder, store, client) = store(vec![every("ObjectCreated:*")]).await;
    let events = collect(&store, "all");
    put(&client, "a", "x").await;
    assert!(client.put_object().bucket(BUCKET).key("a").if_none_match("*").send().await.is_err());
    soon(store.idle()).await;
    assert_eq!(events.lock().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_fails_twice_gets_the_event_a_third_time() {
    let (_folder, store, client) = store(vec![every("ObjectCreated:*")]).await;
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    store.on("all", move |_| {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            assert_ne!(number, 0, "a panic is a failure too");
            if number == 1 { Err("not yet".to_owned()) } else { Ok(()) }
        }
    });
    put(&client, "a", "x").await;
    soon(store.idle()).await;
    assert_eq!(tries.load(Ordering::SeqCst), 3);
    assert!(store.dead_letters().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_nobody_can_handle_becomes_a_dead_letter() {
    let (folder, store, client) = store(vec![every("ObjectCreated:*")]).await;
    store.on("all", |_| async { Err("never".to_owned()) });
    put(&client, "a", "x").await;
    soon(store.idle()).await;
    let letters = store.dead_letters().unwrap();
    assert_eq!((letters.len(), letters[0].attempts, letters[0].error.as_str()), (1, 3, "never"));
    assert_eq!(key_of(&letters[0].event), "a");
    assert_eq!(std::fs::read_dir(folder.path().join("events")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_handlers_run_at_once_than_allowed() {
    let (_folder, store, client) = store(vec![every("ObjectCreated:*")]).await;
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    // Opens for four at a time: fewer would wait for ever.
    let gate = Arc::new(tokio::sync::Barrier::new(4));
    let seen = Arc::clone(&most);
    store.on("all", move |_| {
        let (running, most, gate) = (Arc::clone(&running), Arc::clone(&seen), Arc::clone(&gate));
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            gate.wait().await;
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
    });
    for number in 0..12 {
        put(&client, &number.to_string(), "x").await;
    }
    soon(store.idle()).await;
    assert_eq!(most.load(Ordering::SeqCst), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_old_enough_expires() {
    let (_folder, store, client) = store(Vec::new()).await;
    put(&client, "tmp/a", "x").await;
    put(&client, "kept", "x").await;
    assert_eq!(store.expire(BUCKET, "tmp/", Duration::from_secs(3600)).unwrap(), 0);
    assert_eq!(store.expire(BUCKET, "tmp/", Duration::ZERO).unwrap(), 1);
    let left = client.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert_eq!(left.contents()[0].key(), Some("kept"));
}
