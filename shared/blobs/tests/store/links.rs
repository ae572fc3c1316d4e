//! Links that a browser downloads with.

use std::time::Duration;

use blobs::Body;

use crate::support::{Store, TEXT, now};

const QUARTER: Duration = Duration::from_secs(900);

async fn store_with(key: &str) -> Store {
    let store = Store::start().await;
    store.blobs().put(key, Body::Bytes(b"content".to_vec()), TEXT).await.unwrap();
    store
}

async fn status(link: &str) -> u16 {
    reqwest::get(link).await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_downloads_the_object_under_the_name_and_type_it_gives() {
    let store = store_with("a/ü +%.xlsx").await;
    let link = store.blobs().presigned_get("a/ü +%.xlsx", "Ergebnis ü.xlsx", "application/x-sheet", QUARTER, now());
    let answer = reqwest::get(link.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap();
    assert_eq!(header("content-type"), "application/x-sheet");
    let disposition = "attachment; filename=\"Ergebnis _.xlsx\"; filename*=UTF-8''Ergebnis%20%C3%BC.xlsx";
    assert_eq!(header("content-disposition"), disposition);
    assert_eq!(answer.text().await.unwrap(), "content");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_at_its_time() {
    let store = store_with("a").await;
    let link = |ago: u64| {
        let made = now().minus(Duration::from_secs(ago));
        store.blobs().presigned_get("a", "a", TEXT, QUARTER, made).unwrap()
    };
    assert_eq!(status(&link(890)).await, 200);
    assert_eq!(status(&link(901)).await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_no_other_object_and_cannot_be_changed() {
    let store = store_with("one").await;
    store.blobs().put("two", Body::Bytes(b"secret".to_vec()), TEXT).await.unwrap();
    let link = store.blobs().presigned_get("one", "one", TEXT, QUARTER, now()).unwrap();
    assert_eq!(status(&link.replace("/one?", "/two?")).await, 403);
    assert_eq!(status(&link.replace("text%2Fplain", "text%2Fhtml")).await, 403);
    assert_eq!(status(&link.replace("X-Amz-Expires=900", "X-Amz-Expires=9000")).await, 403);
    assert_eq!(status(&link).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_temporary_credentials_is_signed_too() {
    let store = store_with("a").await;
    let link = store.temporary_blobs().presigned_get("a", "a", TEXT, QUARTER, now()).unwrap();
    assert_eq!(status(&link).await, 200);
    assert_eq!(status(&link.replace("=a%2Btoken", "=b%2Btoken")).await, 403);
    assert_eq!(store.temporary_blobs().get("a", 20).await.unwrap(), b"content");
}
