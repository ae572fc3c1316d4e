//! Streams: how their records look, that each is delivered in order, and what happens when their handler fails.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use embedded::database::{self, Database};
use embedded::streams::{Options, Streams};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::{TABLE, create_table, item, put};
use crate::support::{dynamodb, soon};

pub(crate) const TARGET: &str = "readers";

pub(crate) struct Bench {
    pub(crate) database: Database,
    client: Client,
    pub(crate) folder: TempDir,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = Some(folder.path().join("data.db"));
        let database = Database::start(database::Options { path, ..database::Options::default() }).await.unwrap();
        let client = dynamodb(database.endpoint());
        create_table(&client).await;
        Self { database, client, folder }
    }

    pub(crate) async fn write(&self, keys: &[&str]) {
        for key in keys {
            self.client.put_item().table_name(TABLE).set_item(Some(item(key))).send().await.unwrap();
        }
    }

    /// In batches of four, with two more attempts at once.
    pub(crate) fn options(&self) -> Options {
        let usual = Options::new(self.database.endpoint(), self.folder.path().join("streams"));
        let writes = self.database.writes().unwrap();
        Options { writes, batch_max: 4, pauses: vec![Duration::ZERO; 2], ..usual }
    }

    pub(crate) fn streams(&self) -> Streams {
        Streams::start(self.options()).unwrap()
    }

    /// The keys that a fresh start delivers.
    pub(crate) async fn delivered(&self) -> Vec<String> {
        let streams = self.streams();
        let told = collect(&streams);
        soon(streams.idle()).await;
        streams.stop().await;
        told.keys()
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.folder.path().join(format!("streams/checkpoints/{TARGET}.json"))
    }
}

/// The batches that a handler was given.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Value>>>);

impl Told {
    pub(crate) fn note(&self, event: &Value) {
        self.0.lock().unwrap().push(event.clone());
    }

    fn batches(&self) -> Vec<Vec<String>> {
        self.0.lock().unwrap().iter().map(keys).collect()
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.batches().concat()
    }
}

fn records(event: &Value) -> &[Value] {
    event["Records"].as_array().unwrap()
}

pub(crate) fn keys(event: &Value) -> Vec<String> {
    records(event).iter().map(|record| record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn collect(streams: &Streams) -> Told {
    judge(streams, |_| Ok(Value::Null))
}

/// A handler that notes every batch and then answers as `judge` says.
fn judge(streams: &Streams, judge: impl Fn(&Value) -> Result<Value, String> + Send + Sync + 'static) -> Told {
    let told = Told::default();
    let kept = told.clone();
    let handler = move |event: Value| {
        kept.note(&event);
        std::future::ready(judge(&event))
    };
    streams.on(TABLE, TARGET, handler).unwrap();
    told
}

fn named(record: &Value) -> Value {
    json!({ "batchItemFailures": [{ "itemIdentifier": record["dynamodb"]["SequenceNumber"] }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_looks_like_one_of_lambdas_event_source_mapping() {
    let bench = Bench::start().await;
    let streams = bench.streams();
    let told = collect(&streams);
    bench.write(&["a"]).await;
    soon(streams.idle()).await;
    let event = told.0.lock().unwrap().remove(0);
    let record = &records(&event)[0];
    let expected = json!({
        "eventID": record["eventID"],
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": record["awsRegion"],
        "dynamodb": {
            "ApproximateCreationDateTime": record["dynamodb"]["ApproximateCreationDateTime"],
            "Keys": { "pk": { "S": "a" } },
            "NewImage": { "pk": { "S": "a" }, "body": { "S": "x".repeat(280) } },
            "SequenceNumber": record["dynamodb"]["SequenceNumber"],
            "SizeBytes": record["dynamodb"]["SizeBytes"],
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": bench.client.describe_table().table_name(TABLE).send().await.unwrap().table.unwrap().latest_stream_arn,
    });
    assert_eq!(*record, expected);
    assert_eq!(record["eventID"].as_str().unwrap().len(), 32);
    assert!(record["dynamodb"]["SequenceNumber"].as_str().unwrap().len() >= 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_reaches_its_handler_though_nobody_waits_for_it() {
    let bench = Bench::start().await;
    for writes in [None, bench.database.writes().unwrap()] {
        let streams = Streams::start(Options { writes, ..bench.options() }).unwrap();
        let (told, mut seen) = tokio::sync::watch::channel(Value::Null);
        let handler = move |event| {
            told.send_replace(event);
            async { Ok(Value::Null) }
        };
        streams.on(TABLE, TARGET, handler).unwrap();
        for key in ["a", "b", "c"] {
            streams.idle().await;
            bench.write(&[key]).await;
            soon(seen.wait_for(|event| event.is_object() && keys(event) == [key])).await.unwrap();
        }
        streams.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inserts_changes_and_removals_are_told_apart() {
    let bench = Bench::start().await;
    bench.write(&["a"]).await;
    let change = bench.client.update_item().table_name(TABLE).key("pk", AttributeValue::S("a".into()));
    let change = change
        .update_expression("SET body = :body")
        .expression_attribute_values(":body", AttributeValue::S("y".into()));
    change.send().await.unwrap();
    bench.client.delete_item().table_name(TABLE).key("pk", AttributeValue::S("a".into())).send().await.unwrap();
    let streams = bench.streams();
    let told = collect(&streams);
    soon(streams.idle()).await;
    let event = told.0.lock().unwrap().remove(0);
    let seen: Vec<_> = records(&event)
        .iter()
        .map(|record| (record["eventName"].as_str().unwrap(), record["dynamodb"]["NewImage"]["body"]["S"].as_str()))
        .collect();
    assert_eq!(seen, [("INSERT", Some("x".repeat(280).as_str())), ("MODIFY", Some("y")), ("REMOVE", None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writes_of_each_key_are_told_in_their_order() {
    let bench = Bench::start().await;
    let streams = bench.streams();
    let told = collect(&streams);
    let client = &bench.client;
    let writers = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|key| async move {
        for version in 0..25 {
            let versioned = client.put_item().table_name(TABLE).set_item(Some(item(key)));
            versioned.item("version", AttributeValue::N(version.to_string())).send().await.unwrap();
        }
    });
    futures::future::join_all(writers).await;
    soon(streams.idle()).await;
    let mut versions = BTreeMap::<String, Vec<String>>::new();
    for record in told.0.lock().unwrap().iter().flat_map(records) {
        let image = &record["dynamodb"]["NewImage"];
        let of_key = versions.entry(image["pk"]["S"].as_str().unwrap().to_owned()).or_default();
        of_key.push(image["version"]["N"].as_str().unwrap().to_owned());
    }
    let expected: Vec<String> = (0..25).map(|version| version.to_string()).collect();
    assert_eq!(versions.len(), 8);
    assert!(versions.values().all(|versions| *versions == expected), "{versions:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_10000_writes_is_delivered_once() {
    let bench = Bench::start().await;
    let streams = Streams::start(Options { batch_max: 100, ..bench.options() }).unwrap();
    let told = collect(&streams);
    let mut written = Vec::new();
    for transaction in 0..100 {
        let keys: Vec<String> = (0..100).map(|number| format!("{transaction:02}-{number:02}")).collect();
        let puts = keys.iter().map(|key| put(key)).collect();
        bench.client.transact_write_items().set_transact_items(Some(puts)).send().await.unwrap();
        written.extend(keys);
    }
    soon(streams.idle()).await;
    assert_eq!(told.keys(), written);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_batch_is_larger_than_allowed_and_a_backlog_fills_them() {
    let bench = Bench::start().await;
    bench.write(&["a", "b", "c", "d", "e", "f"]).await;
    let streams = bench.streams();
    let told = collect(&streams);
    soon(streams.idle()).await;
    assert_eq!(told.batches(), [vec!["a", "b", "c", "d"], vec!["e", "f"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_fails_its_batch_ends_as_a_dead_letter_and_stops_no_other() {
    let bench = Bench::start().await;
    bench.write(&["a", "b", "poison", "d", "e"]).await;
    let streams = bench.streams();
    let told = judge(&streams, |event| {
        if keys(event).contains(&"poison".to_owned()) { Err("never".to_owned()) } else { Ok(Value::Null) }
    });
    soon(streams.idle()).await;
    let alone = || vec!["poison"];
    let expected = [
        vec!["a", "b", "poison", "d"],
        vec!["a", "b"],
        vec!["poison", "d"],
        alone(),
        alone(),
        alone(),
        vec!["d"],
        vec!["e"],
    ];
    assert_eq!(told.batches(), expected);
    let letters = streams.dead_letters().unwrap();
    assert_eq!((letters.len(), letters[0].attempts, letters[0].error.as_str()), (1, 3, "never"));
    assert_eq!((letters[0].target.as_str(), keys(&letters[0].event)), (TARGET, vec!["poison".to_owned()]));
    streams.stop().await;
    assert!(bench.delivered().await.is_empty(), "what was given up does not come again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_named_as_failed_is_tried_again_alone_and_nothing_before_it() {
    let bench = Bench::start().await;
    bench.write(&["a", "b", "poison", "d"]).await;
    let streams = bench.streams();
    let told = judge(&streams, |event| {
        let poisoned = records(event).iter().find(|record| record["dynamodb"]["Keys"]["pk"]["S"] == "poison");
        Ok(poisoned.map_or(Value::Null, named))
    });
    soon(streams.idle()).await;
    let batches = [vec!["a", "b", "poison", "d"], vec!["poison"], vec!["poison"], vec!["d"]];
    assert_eq!(told.batches(), batches);
    let letters = streams.dead_letters().unwrap();
    assert_eq!((letters.len(), letters[0].attempts), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_fails_and_panics_gets_the_record_a_third_time() {
    let bench = Bench::start().await;
    bench.write(&["a"]).await;
    let streams = bench.streams();
    let tries = AtomicUsize::new(0);
    let told = judge(&streams, move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => panic!("a panic is a failure too"),
        1 => Err("not yet".to_owned()),
        _ => Ok(Value::Null),
    });
    soon(streams.idle()).await;
    assert_eq!(told.keys(), ["a", "a", "a"]);
    assert!(streams.dead_letters().unwrap().is_empty());
}
