//! What a stop and a start after it leave.

use std::sync::{Arc, Mutex};

use embedded::ObjectStore;
use embedded::events::Rule;
use embedded::objects::Options;

use crate::objects::{put, text};
use crate::support::{BUCKET, functions, key_of, options, s3, soon};

pub(crate) fn announced(folder: &std::path::Path) -> Options {
    let mut options = options(folder);
    options.rules = vec![Rule::created(BUCKET, "", "all")];
    options
}

/// The keys that a fresh start delivers.
pub(crate) async fn delivered(folder: &std::path::Path) -> Vec<String> {
    let store = ObjectStore::start(announced(folder)).await.unwrap();
    let keys = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&keys);
    store.on("all", move |event| {
        kept.lock().unwrap().push(key_of(&event).to_owned());
        async { Ok(()) }
    });
    soon(store.idle()).await;
    store.stop().await;
    keys.lock().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_and_what_is_known_about_them_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::start(options(folder.path())).await.unwrap();
    let client = s3(store.endpoint(), &functions());
    let put = client.put_object().bucket(BUCKET).key("a").metadata("colour", "red").body(b"x".to_vec().into());
    put.send().await.unwrap();
    store.stop().await;
    let store = ObjectStore::start(options(folder.path())).await.unwrap();
    let client = s3(store.endpoint(), &functions());
    assert_eq!(text(&client, "a").await, "x");
    let head = client.head_object().bucket(BUCKET).key("a").send().await.unwrap();
    assert_eq!(head.metadata().unwrap()["colour"], "red");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_not_acknowledged_before_a_stop_is_delivered_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::start(announced(folder.path())).await.unwrap();
    let (begun, seen) = tokio::sync::watch::channel(false);
    store.on("all", move |_| {
        begun.send_replace(true);
        std::future::pending()
    });
    put(&s3(store.endpoint(), &functions()), "a", "x").await;
    soon(seen.clone().wait_for(|begun| *begun)).await.unwrap();
    soon(store.stop()).await;
    assert_eq!(delivered(folder.path()).await, ["a"]);
    assert!(delivered(folder.path()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_a_handler_waits_for_one_across_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::start(announced(folder.path())).await.unwrap();
    put(&s3(store.endpoint(), &functions()), "a", "x").await;
    store.stop().await;
    assert_eq!(delivered(folder.path()).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_comes_again_when_only_its_acknowledgement_was_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::start(announced(folder.path())).await.unwrap();
    put(&s3(store.endpoint(), &functions()), "a", "x").await;
    store.stop().await;
    // As if the kill had come after the handler and before the removal of the file.
    let events = folder.path().join("events");
    let file = std::fs::read_dir(&events).unwrap().next().unwrap().unwrap().path();
    let copy = std::fs::read(&file).unwrap();
    assert_eq!(delivered(folder.path()).await, ["a"]);
    std::fs::write(&file, copy).unwrap();
    assert_eq!(delivered(folder.path()).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_half_written_is_never_seen_and_cleared_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::start(options(folder.path())).await.unwrap();
    put(&s3(store.endpoint(), &functions()), "a", "x").await;
    store.stop().await;
    for left in ["blobs/0123456789ABCDEF", "objects/0123.part", "events/0123.part"] {
        std::fs::write(folder.path().join(left), "half").unwrap();
    }
    let store = ObjectStore::start(options(folder.path())).await.unwrap();
    let client = s3(store.endpoint(), &functions());
    assert_eq!(client.list_objects_v2().bucket(BUCKET).send().await.unwrap().key_count(), Some(1));
    assert_eq!(text(&client, "a").await, "x");
    assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(folder.path().join("objects")).unwrap().count(), 1);
}
