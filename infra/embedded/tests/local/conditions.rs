//! Conditional writes, uploads in parts, and bytes that are not what they were declared to be.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use crate::objects::{put, store, text};
use crate::support::BUCKET;

#[tokio::test(flavor = "multi_thread")]
async fn one_of_64_concurrent_create_only_puts_wins() {
    let (_folder, _store, client) = store().await;
    let put = |number: usize| {
        let body = ByteStream::from(number.to_string().into_bytes());
        client.put_object().bucket(BUCKET).key("one").if_none_match("*").body(body).send()
    };
    let answers = futures::future::join_all((0..64).map(put)).await;
    let winners: Vec<_> =
        answers.iter().enumerate().filter(|(_, answer)| answer.is_ok()).map(|(number, _)| number).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(text(&client, "one").await, winners[0].to_string());
    let refused = answers.into_iter().filter_map(Result::err);
    assert!(refused.into_iter().all(|fault| fault.raw_response().unwrap().status().as_u16() == 412));
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_replaces_only_what_was_seen() {
    let (_folder, _store, client) = store().await;
    put(&client, "a", "first").await;
    let seen = client.head_object().bucket(BUCKET).key("a").send().await.unwrap().e_tag.unwrap();
    let replace = |e_tag: &str, content: &'static str| {
        client
            .put_object()
            .bucket(BUCKET)
            .key("a")
            .if_match(e_tag)
            .body(ByteStream::from_static(content.as_bytes()))
            .send()
    };
    replace(&seen, "second").await.unwrap();
    assert_eq!(replace(&seen, "third").await.unwrap_err().raw_response().unwrap().status().as_u16(), 412);
    assert_eq!(text(&client, "a").await, "second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_can_depend_on_what_is_known_already() {
    let (_folder, _store, client) = store().await;
    put(&client, "a", "x").await;
    let seen = client.head_object().bucket(BUCKET).key("a").send().await.unwrap().e_tag.unwrap();
    let known = client.get_object().bucket(BUCKET).key("a").if_none_match(&seen).send().await.unwrap_err();
    assert_eq!(known.raw_response().unwrap().status().as_u16(), 304);
    assert!(client.get_object().bucket(BUCKET).key("a").if_match(&seen).send().await.is_ok());
    let other = client.get_object().bucket(BUCKET).key("a").if_match("\"other\"").send().await.unwrap_err();
    assert_eq!(other.raw_response().unwrap().status().as_u16(), 412);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_with_a_wrong_checksum_leave_the_object_as_it_was() {
    let (_folder, _store, client) = store().await;
    put(&client, "a", "good").await;
    let bad = client.put_object().bucket(BUCKET).key("a").body(ByteStream::from_static(b"bad"));
    let fault = bad.checksum_sha256("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").send().await.unwrap_err();
    assert_eq!(fault.into_service_error().meta().code(), Some("BadDigest"));
    let bad = client.put_object().bucket(BUCKET).key("a").body(ByteStream::from_static(b"bad"));
    let fault = bad.content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await.unwrap_err();
    assert_eq!(fault.into_service_error().meta().code(), Some("BadDigest"));
    assert_eq!(text(&client, "a").await, "good");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_in_parts_appears_when_it_is_complete() {
    let (_folder, _store, client) = store().await;
    let begun =
        client.create_multipart_upload().bucket(BUCKET).key("big").content_type("text/plain").send().await.unwrap();
    let id = begun.upload_id.unwrap();
    let mut parts = Vec::new();
    for (number, part) in [(1, "a".repeat(5 * 1024 * 1024)), (7, "b".to_owned())] {
        let sent = client.upload_part().bucket(BUCKET).key("big").upload_id(&id).part_number(number);
        let sent = sent.body(ByteStream::from(part.into_bytes())).send().await.unwrap();
        parts.push(CompletedPart::builder().part_number(number).e_tag(sent.e_tag.unwrap()).build());
    }
    assert!(client.head_object().bucket(BUCKET).key("big").send().await.is_err());
    let complete = |parts| {
        let listed = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        client.complete_multipart_upload().bucket(BUCKET).key("big").upload_id(&id).multipart_upload(listed).send()
    };
    let wrong = CompletedPart::builder().part_number(1).e_tag("\"wrong\"").build();
    assert_eq!(complete(vec![wrong]).await.unwrap_err().into_service_error().meta().code(), Some("InvalidPart"));
    let done = complete(parts.clone()).await.unwrap();
    assert!(done.e_tag().unwrap().ends_with("-2\""));
    let head = client.head_object().bucket(BUCKET).key("big").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_type()), (Some(5 * 1024 * 1024 + 1), Some("text/plain")));
    assert_eq!(complete(parts).await.unwrap_err().into_service_error().meta().code(), Some("NoSuchUpload"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aborted_upload_leaves_nothing() {
    let (folder, _store, client) = store().await;
    let id = client.create_multipart_upload().bucket(BUCKET).key("big").send().await.unwrap().upload_id.unwrap();
    let part = client.upload_part().bucket(BUCKET).key("big").upload_id(&id).part_number(1);
    part.body(ByteStream::from_static(b"x")).send().await.unwrap();
    client.abort_multipart_upload().bucket(BUCKET).key("big").upload_id(&id).send().await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
}
