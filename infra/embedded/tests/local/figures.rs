//! Figures for the README, printed by `cargo nextest run -p embedded --run-ignored only --no-capture figures`.

use std::time::{Duration, Instant};

use embedded::database::{Database, Options};
use embedded::mail::{self, MailSink};
use embedded::{ObjectStore, Proxy, Streams, faults, streams};
use serde_json::Value;

use crate::database::{TABLE, create_table, item, put};
use crate::support::{BUCKET, dynamodb, functions, options, s3};

async fn write(endpoint: &str, name: &str) {
    let client = dynamodb(endpoint);
    let start = Instant::now();
    let items = (0..80).map(|number| put(&format!("{name}{number}"))).collect();
    client.transact_write_items().set_transact_items(Some(items)).send().await.unwrap();
    println!("  {name}: transaction of 80 puts {:?}", start.elapsed());
    let start = Instant::now();
    for number in 0..1000 {
        client.put_item().table_name(TABLE).set_item(Some(item(&format!("{name}{number}")))).send().await.unwrap();
    }
    println!("  {name}: 1,000 puts one after the other {:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures, proves nothing"]
async fn figures() {
    let folder = tempfile::tempdir().unwrap();
    for path in [None, Some(folder.path().join("data.db"))] {
        let start = Instant::now();
        let database = Database::start(Options { path: path.clone(), ..Options::default() }).await.unwrap();
        println!("database on {path:?}: started in {:?}", start.elapsed());
        create_table(&dynamodb(database.endpoint())).await;
        write(database.endpoint(), "direct").await;
        let proxy = Proxy::start(faults::Options::before(database.endpoint())).await.unwrap();
        write(proxy.endpoint(), "proxy").await;
        let start = Instant::now();
        database.stop().await;
        println!("  stopped in {:?}", start.elapsed());
    }
    let start = Instant::now();
    let store = ObjectStore::start(options(&folder.path().join("objects"))).await.unwrap();
    println!("object store: started in {:?}", start.elapsed());
    let client = s3(store.endpoint(), &functions());
    let start = Instant::now();
    for number in 0..1000 {
        let body = vec![b'x'; 10_000].into();
        client.put_object().bucket(BUCKET).key(number.to_string()).body(body).send().await.unwrap();
    }
    println!("  1,000 objects of 10 kB one after the other {:?}", start.elapsed());
    let start = Instant::now();
    client.put_object().bucket(BUCKET).key("large").body(vec![b'x'; 20_000_000].into()).send().await.unwrap();
    println!("  one of 20 MB {:?}", start.elapsed());
    let start = Instant::now();
    store.stop().await;
    println!("  stopped in {:?}", start.elapsed());
    let start = Instant::now();
    let store = ObjectStore::start(options(&folder.path().join("objects"))).await.unwrap();
    println!("  started with 1,001 objects in {:?}", start.elapsed());
    store.stop().await;
    let start = Instant::now();
    let sink = MailSink::start(mail::Options::new(folder.path().join("mail"))).await.unwrap();
    println!("mail sink: started in {:?}", start.elapsed());
    sink.stop().await;
}

/// Processor time of this process so far, in hundredths of a second.
fn busy() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures, proves nothing"]
async fn stream_figures() {
    let folder = tempfile::tempdir().unwrap();
    let path = Some(folder.path().join("data.db"));
    let database = Database::start(Options { path, ..Options::default() }).await.unwrap();
    let client = dynamodb(database.endpoint());
    create_table(&client).await;
    for thousands in 0..10 {
        let start = Instant::now();
        for transaction in 0..100 {
            let items = (0..100).map(|number| put(&format!("{thousands}-{transaction}-{number}"))).collect();
            client.transact_write_items().set_transact_items(Some(items)).send().await.unwrap();
        }
        println!("10,000 records after {thousands}0,000 in {:?}", start.elapsed());
    }
    let usual = streams::Options::new(database.endpoint(), folder.path().join("streams"));
    let writes = database.writes().unwrap();
    let streams = Streams::start(streams::Options { writes, ..usual }).unwrap();
    let (told, mut seen) = tokio::sync::watch::channel((0, String::new(), Instant::now()));
    let handler = move |event: Value| {
        let records = event["Records"].as_array().unwrap();
        let last = records.last().unwrap()["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().to_owned();
        told.send_modify(|told| *told = (told.0 + records.len(), last, Instant::now()));
        async { Ok(Value::Null) }
    };
    let start = Instant::now();
    streams.on(TABLE, "figures", handler).unwrap();
    seen.changed().await.unwrap();
    println!("first of 100,000 records told after {:?}", start.elapsed());
    streams.idle().await;
    println!("all told after {:?}: {}", start.elapsed(), seen.borrow().0);
    let mut late = Vec::new();
    for number in 0..100 {
        let key = format!("late{number}");
        // Apart, so that none comes just behind the read of another.
        tokio::time::sleep(Duration::from_millis(31)).await;
        client.put_item().table_name(TABLE).set_item(Some(item(&key))).send().await.unwrap();
        let answered = Instant::now();
        late.push(seen.wait_for(|told| told.1 == key).await.unwrap().2.saturating_duration_since(answered));
    }
    late.sort();
    println!("from a write's answer to its handler: median {:?}, most {:?}", late[50], late[99]);
    let before = busy();
    tokio::time::sleep(Duration::from_secs(10)).await;
    println!("processor time of 10 idle seconds: {} ms", (busy() - before) * 10);
}
