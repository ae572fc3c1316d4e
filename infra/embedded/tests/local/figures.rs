//! Figures for the README, printed by `cargo nextest run -p embedded --run-ignored only --no-capture figures`.

use std::time::Instant;

use embedded::database::{Database, Options};
use embedded::mail::{self, MailSink};
use embedded::{ObjectStore, Proxy, faults};

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
