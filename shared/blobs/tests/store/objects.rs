//! Writing, reading, listing and deleting.

use blobs::{Body, Kind};

use crate::support::{Store, TEXT};

fn bytes(text: &str) -> Body {
    Body::Bytes(text.as_bytes().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_is_got_and_a_second_put_replaces_it() {
    let store = Store::start().await;
    let blobs = store.blobs();
    blobs.put("a/ü +%.txt", bytes("one"), TEXT).await.unwrap();
    blobs.put("a/ü +%.txt", bytes("three"), TEXT).await.unwrap();
    assert_eq!(blobs.get("a/ü +%.txt", 5).await.unwrap(), b"three");
    let head = blobs.head("a/ü +%.txt").await.unwrap().unwrap();
    assert_eq!((head.size_bytes, head.content_type.as_deref()), (5, Some(TEXT)));
    assert!(head.etag.starts_with('"'));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_from_what_is_forbidden() {
    let store = Store::start().await;
    let (blobs, reader) = (store.blobs(), store.blobs_of("READER"));
    assert_eq!(blobs.head("nothing").await.unwrap(), None);
    assert_eq!(blobs.get("nothing", 5).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(reader.put("open/a", bytes("x"), TEXT).await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(reader.get("closed/a", 5).await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(reader.head("closed/a").await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(store.blobs_of("STRANGER").list("").await.unwrap_err().kind(), Kind::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_object_is_put_once_also_by_many_at_once() {
    let store = Store::start().await;
    let blobs = store.blobs();
    let tasks = (0..8).map(|number: u8| {
        let blobs = blobs.clone();
        tokio::spawn(async move { (number, blobs.put_new("once", Body::Bytes(vec![number]), TEXT).await.unwrap()) })
    });
    let mut winners = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        let (number, won) = task.await.unwrap();
        winners.extend(won.then_some(number));
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(blobs.get("once", 1).await.unwrap(), winners);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_above_the_callers_limit_is_not_read() {
    let store = Store::start().await;
    let (blobs, path) = (store.blobs(), store.folder.path().join("got"));
    blobs.put("a", bytes("123456"), TEXT).await.unwrap();
    assert_eq!(blobs.get("a", 5).await.unwrap_err().kind(), Kind::TooLarge);
    assert_eq!(blobs.download("a", &path, 5).await.unwrap_err().kind(), Kind::TooLarge);
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_up_and_comes_down_unchanged() {
    let store = Store::start().await;
    let (blobs, up, down) = (store.blobs(), store.folder.path().join("up"), store.folder.path().join("down"));
    let content: Vec<u8> = (0..5_000_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
    std::fs::write(&up, &content).unwrap();
    blobs.put("big", Body::File(up), "application/octet-stream").await.unwrap();
    let head = blobs.download("big", &down, 5_000_000).await.unwrap();
    assert_eq!(head.size_bytes, 5_000_000);
    assert_eq!(Some(head), blobs.head("big").await.unwrap());
    assert!(std::fs::read(&down).unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_or_written_is_no_fault_of_the_store() {
    let store = Store::start().await;
    let (blobs, path) = (store.blobs(), store.folder.path().join("no/such/folder"));
    let fault = blobs.put("a", Body::File(path.clone()), TEXT).await.unwrap_err();
    assert_eq!((fault.kind(), fault.is_retryable()), (Kind::Unexpected, false));
    blobs.put("a", bytes("x"), TEXT).await.unwrap();
    assert_eq!(blobs.download("a", &path, 5).await.unwrap_err().kind(), Kind::Unexpected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_and_a_deletion_go_on_past_a_page() {
    let store = Store::start().await;
    let blobs = store.blobs();
    for number in 0..1003 {
        blobs.put(&format!("many/{number:04}"), Body::Bytes(Vec::new()), TEXT).await.unwrap();
    }
    blobs.put("many-more", bytes("x"), TEXT).await.unwrap();
    let keys = blobs.list("many/").await.unwrap();
    assert_eq!(keys.len(), 1003);
    assert!(keys.is_sorted() && keys.last().unwrap() == "many/1002");
    assert_eq!(blobs.delete_under("many/").await.unwrap(), 1003);
    assert_eq!(blobs.delete_under("many/").await.unwrap(), 0);
    assert_eq!(blobs.list("").await.unwrap(), ["many-more"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_bucket_or_what_is_forbidden_is_not_deleted() {
    let store = Store::start().await;
    let blobs = store.blobs();
    blobs.put("open/a", bytes("x"), TEXT).await.unwrap();
    assert_eq!(blobs.delete_under("").await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(store.blobs_of("READER").delete_under("open/").await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(blobs.list("").await.unwrap(), ["open/a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_deleted_only_as_the_one_that_was_seen() {
    let store = Store::start().await;
    let blobs = store.blobs();
    blobs.put("a/ü +%.txt", bytes("one"), TEXT).await.unwrap();
    let seen = blobs.head("a/ü +%.txt").await.unwrap().unwrap().etag;
    blobs.put("a/ü +%.txt", bytes("two"), TEXT).await.unwrap();
    assert!(!blobs.delete_unchanged("a/ü +%.txt", &seen).await.unwrap());
    assert_eq!(blobs.get("a/ü +%.txt", 5).await.unwrap(), b"two");
    let seen = blobs.head("a/ü +%.txt").await.unwrap().unwrap().etag;
    assert!(blobs.delete_unchanged("a/ü +%.txt", seen.trim_matches('"')).await.unwrap());
    assert!(!blobs.delete_unchanged("a/ü +%.txt", &seen).await.unwrap());
    assert_eq!(blobs.head("a/ü +%.txt").await.unwrap(), None);
}
