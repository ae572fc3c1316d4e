//! The object store's verbs, through the real SDK.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use embedded::ObjectStore;
use tempfile::TempDir;

use crate::support::{BUCKET, functions, options, s3};

pub(crate) async fn store() -> (TempDir, ObjectStore, Client) {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::start(options(folder.path())).await.unwrap();
    let client = s3(store.endpoint(), &functions());
    (folder, store, client)
}

pub(crate) async fn put(client: &Client, key: &str, content: &str) {
    let body = ByteStream::from(content.as_bytes().to_vec());
    client.put_object().bucket(BUCKET).key(key).body(body).send().await.unwrap();
}

pub(crate) async fn text(client: &Client, key: &str) -> String {
    let found = client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
    String::from_utf8(found.body.collect().await.unwrap().to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_comes_back_as_it_was_put() {
    let (_folder, _store, client) = store().await;
    let put = client.put_object().bucket(BUCKET).key("a/ü b+c.txt").body(ByteStream::from_static(b"hello"));
    let put =
        put.content_type("text/plain").metadata("colour", "red").content_disposition("inline").send().await.unwrap();
    assert_eq!(put.e_tag(), Some("\"5d41402abc4b2a76b9719d911017c592\""));
    let got = client.get_object().bucket(BUCKET).key("a/ü b+c.txt").send().await.unwrap();
    assert_eq!((got.content_type(), got.content_disposition()), (Some("text/plain"), Some("inline")));
    assert_eq!((got.content_length(), got.e_tag()), (Some(5), put.e_tag()));
    assert_eq!(got.metadata().unwrap()["colour"], "red");
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello");
    let head = client.head_object().bucket(BUCKET).key("a/ü b+c.txt").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_type()), (Some(5), Some("text/plain")));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_no_file_names_are_keys_like_any_other() {
    let (_folder, _store, client) = store().await;
    let long = "ü".repeat(500);
    for key in ["a", "a/b", "a/", "../files/x", "/lead", "x//y", ".", &long] {
        put(&client, key, key).await;
    }
    for key in ["a", "a/b", "a/", "../files/x", "/lead", "x//y", ".", &long] {
        assert_eq!(text(&client, key).await, key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_that_part_only() {
    let (_folder, _store, client) = store().await;
    put(&client, "numbers", "0123456789").await;
    for (range, part, told) in [("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=-3", "789", "bytes 7-9/10")] {
        let got = client.get_object().bucket(BUCKET).key("numbers").range(range).send().await.unwrap();
        assert_eq!(got.content_range(), Some(told));
        assert_eq!(got.body.collect().await.unwrap().to_vec(), part.as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_key_and_a_missing_bucket_have_their_own_errors() {
    let (_folder, _store, client) = store().await;
    let fault = client.get_object().bucket(BUCKET).key("none").send().await.unwrap_err().into_service_error();
    assert!(fault.is_no_such_key());
    assert!(
        client.head_object().bucket(BUCKET).key("none").send().await.unwrap_err().into_service_error().is_not_found()
    );
    let fault = client.put_object().bucket("none").key("a").send().await.unwrap_err().into_service_error();
    assert_eq!(fault.meta().code(), Some("NoSuchBucket"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_page_by_page_and_folds_at_the_delimiter() {
    let (_folder, _store, client) = store().await;
    for key in ["a/1", "a/2 ü", "a/b/1", "a/b/2", "a/c", "b/1"] {
        put(&client, key, "x").await;
    }
    let list = client.list_objects_v2().bucket(BUCKET).prefix("a/").into_paginator().page_size(2).send();
    let pages: Vec<_> = list.collect::<Result<Vec<_>, _>>().await.unwrap();
    let keys: Vec<_> = pages.iter().flat_map(|page| page.contents()).map(|object| object.key().unwrap()).collect();
    assert_eq!((pages.len(), keys), (3, vec!["a/1", "a/2 ü", "a/b/1", "a/b/2", "a/c"]));
    let list = client.list_objects_v2().bucket(BUCKET).prefix("a/").delimiter("/").into_paginator().page_size(1).send();
    let pages: Vec<_> = list.collect::<Result<Vec<_>, _>>().await.unwrap();
    let keys: Vec<_> = pages.iter().flat_map(|page| page.contents()).map(|object| object.key().unwrap()).collect();
    let folded: Vec<_> =
        pages.iter().flat_map(|page| page.common_prefixes()).map(|one| one.prefix().unwrap()).collect();
    assert_eq!((keys, folded), (vec!["a/1", "a/2 ü", "a/c"], vec!["a/b/"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_objects_are_gone_one_by_one_or_together() {
    let (_folder, _store, client) = store().await;
    for key in ["a", "b", "c"] {
        put(&client, key, "x").await;
    }
    client.delete_object().bucket(BUCKET).key("a").send().await.unwrap();
    client.delete_object().bucket(BUCKET).key("never").send().await.unwrap();
    let both = ["b", "c"].map(|key| ObjectIdentifier::builder().key(key).build().unwrap()).to_vec();
    let delete = Delete::builder().set_objects(Some(both)).build().unwrap();
    let deleted = client.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap();
    assert_eq!((deleted.deleted().len(), deleted.errors().len()), (2, 0));
    let left = client.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert_eq!(left.key_count(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_outlives_its_source() {
    let (_folder, _store, client) = store().await;
    let source = client.put_object().bucket(BUCKET).key("from").metadata("colour", "red");
    source.body(ByteStream::from_static(b"content")).send().await.unwrap();
    client.copy_object().bucket(BUCKET).key("to").copy_source(format!("{BUCKET}/from")).send().await.unwrap();
    client.delete_object().bucket(BUCKET).key("from").send().await.unwrap();
    assert_eq!(text(&client, "to").await, "content");
    let head = client.head_object().bucket(BUCKET).key("to").send().await.unwrap();
    assert_eq!(head.metadata().unwrap()["colour"], "red");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_keeps_what_it_began_to_read_while_the_object_is_replaced() {
    let (_folder, _store, client) = store().await;
    let old = "old".repeat(400_000);
    put(&client, "a", &old).await;
    let got = client.get_object().bucket(BUCKET).key("a").send().await.unwrap();
    put(&client, "a", "new").await;
    assert_eq!(got.body.collect().await.unwrap().to_vec(), old.as_bytes());
    assert_eq!(text(&client, "a").await, "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presigned_link_can_name_the_file_to_save() {
    let (_folder, _store, client) = store().await;
    put(&client, "result", "content").await;
    let link = client.get_object().bucket(BUCKET).key("result");
    let link = link.response_content_disposition("attachment; filename=\"result.xlsx\"");
    let link = link.presigned(PresigningConfig::expires_in(Duration::from_secs(60)).unwrap()).await.unwrap();
    let got = reqwest::get(link.uri()).await.unwrap();
    assert_eq!(got.headers()["content-disposition"], "attachment; filename=\"result.xlsx\"");
    assert_eq!(got.text().await.unwrap(), "content");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_allowed_origin_may_read_answers_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.allowed_origins = vec!["http://127.0.0.1:5000".to_owned()];
    let store = ObjectStore::start(options).await.unwrap();
    for (origin, status) in [("http://127.0.0.1:5000", 200), ("http://127.0.0.1:6000", 403)] {
        let asked = reqwest::Client::new().request(reqwest::Method::OPTIONS, format!("{}/{BUCKET}", store.endpoint()));
        let answer =
            asked.header("origin", origin).header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers().contains_key("access-control-allow-origin"), status == 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_serves_one_store_at_a_time() {
    let (folder, store, _client) = store().await;
    assert!(ObjectStore::start(options(folder.path())).await.is_err());
    store.stop().await;
    assert!(ObjectStore::start(options(folder.path())).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_part_listens_beyond_loopback() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.address = "0.0.0.0:0".parse().unwrap();
    assert!(ObjectStore::start(options).await.is_err());
}
