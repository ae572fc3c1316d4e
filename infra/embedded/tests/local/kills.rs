//! A real SIGKILL in the middle of writes: what was answered is there, and what is there is whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use aws_sdk_dynamodb::types::AttributeValue;
use embedded::{Database, ObjectStore, database};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::database::{TABLE, create_table, item};
use crate::objects::text;
use crate::restarts::{announced, delivered};
use crate::support::{BUCKET, dynamodb, functions, s3, soon};

const FOLDER: &str = "EMBEDDED_TEST_FOLDER";

fn database_options(folder: &Path) -> database::Options {
    database::Options { path: Some(folder.join("data.db")), ..database::Options::default() }
}

/// Serves until it is killed.
#[tokio::test]
#[ignore = "the other process of the test below"]
async fn child() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let database = Database::start(database_options(&folder)).await.unwrap();
    let store = ObjectStore::start(announced(&folder.join("objects"))).await.unwrap();
    println!("\nready {} {}", database.endpoint(), store.endpoint());
    std::future::pending::<()>().await;
}

async fn begin(folder: &Path) -> (Child, String, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "kills::child", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    loop {
        let line = soon(lines.next_line()).await.unwrap().expect("the child ended");
        if let [_, database, store] = line.split(' ').collect::<Vec<_>>()[..]
            && line.starts_with("ready ")
        {
            return (child, database.to_owned(), store.to_owned());
        }
    }
}

fn content(key: &str) -> String {
    key.repeat(2_000)
}

/// Writes until the other side is gone; each key that was answered goes into `answered`.
async fn write(prefix: char, database: String, store: String, answered: tokio::sync::mpsc::UnboundedSender<String>) {
    let (items, objects) = (dynamodb(&database), s3(&store, &functions()));
    for number in 0.. {
        let key = format!("{prefix}{number}");
        let body = content(&key).into_bytes().into();
        if objects.put_object().bucket(BUCKET).key(&key).metadata("key", &key).body(body).send().await.is_err() {
            return;
        }
        if items.put_item().table_name(TABLE).set_item(Some(item(&key))).send().await.is_err() {
            return;
        }
        answered.send(key).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sigkill_loses_nothing_that_was_answered_and_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, database, store) = begin(folder.path()).await;
    create_table(&dynamodb(&database)).await;
    let (answered, mut keys) = tokio::sync::mpsc::unbounded_channel();
    let writers = ['a', 'b', 'c', 'd']
        .map(|prefix| tokio::spawn(write(prefix, database.clone(), store.clone(), answered.clone())));
    drop(answered);
    let mut kept = BTreeSet::new();
    while let Some(key) = soon(keys.recv()).await {
        kept.insert(key);
        if kept.len() == 100 {
            child.start_kill().unwrap();
        }
    }
    futures::future::join_all(writers).await;
    child.wait().await.unwrap();

    let database = Database::start(database_options(folder.path())).await.unwrap();
    let items = dynamodb(database.endpoint());
    for key in &kept {
        let found = items.get_item().table_name(TABLE).key("pk", AttributeValue::S(key.clone())).send().await.unwrap();
        assert_eq!(found.item, Some(item(key)));
    }
    let objects = folder.path().join("objects");
    let told: BTreeSet<String> = delivered(&objects).await.into_iter().collect();
    let store = ObjectStore::start(announced(&objects)).await.unwrap();
    let client = s3(store.endpoint(), &functions());
    let listed = client.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    let found: BTreeSet<String> = listed.contents().iter().map(|object| object.key().unwrap().to_owned()).collect();
    assert!(kept.is_subset(&found) && found.is_subset(&told), "{kept:?} {found:?} {told:?}");
    for key in &found {
        assert_eq!(text(&client, key).await, content(key));
        let head = client.head_object().bucket(BUCKET).key(key).send().await.unwrap();
        assert_eq!(&head.metadata().unwrap()["key"], key);
    }
}
