//! Signatures in headers and links.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;

use crate::objects::{put, store};
use crate::support::BUCKET;

const MINUTE: Duration = Duration::from_secs(60);

fn begun(ago: Duration, valid: Duration) -> PresigningConfig {
    PresigningConfig::builder().start_time(SystemTime::now() - ago).expires_in(valid).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_a_signature() {
    let (_folder, store, client) = store().await;
    put(&client, "a", "x").await;
    let url = format!("{}/{BUCKET}/a", store.endpoint());
    assert_eq!(reqwest::get(&url).await.unwrap().status().as_u16(), 403);
    let old =
        reqwest::Client::new().get(&url).header("authorization", "AWS FUNCTIONS:c2lnbmF0dXJl").header("date", "x");
    assert_eq!(old.send().await.unwrap().status().as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_when_it_expires() {
    let (_folder, _store, client) = store().await;
    put(&client, "a", "x").await;
    for (ago, status) in [(MINUTE, 200), (MINUTE * 3, 403)] {
        let link = client.get_object().bucket(BUCKET).key("a").presigned(begun(ago, MINUTE * 2)).await.unwrap();
        assert_eq!(reqwest::get(link.uri()).await.unwrap().status().as_u16(), status, "{ago:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_for_its_own_key_and_method_only() {
    let (_folder, _store, client) = store().await;
    put(&client, "a", "x").await;
    put(&client, "b", "x").await;
    let link = client.get_object().bucket(BUCKET).key("a").presigned(begun(MINUTE, MINUTE * 2)).await.unwrap();
    let other = link.uri().replace(&format!("/{BUCKET}/a?"), &format!("/{BUCKET}/b?"));
    assert_eq!(reqwest::get(other).await.unwrap().status().as_u16(), 403);
    let put = reqwest::Client::new().put(link.uri()).body("y").send().await.unwrap();
    assert_eq!(put.status().as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_upload_takes_the_signed_headers_and_no_others() {
    let (_folder, _store, client) = store().await;
    let link = client.put_object().bucket(BUCKET).key("a").content_type("text/plain");
    let link = link.presigned(begun(MINUTE, MINUTE * 2)).await.unwrap();
    let put = |name: &'static str, value: &'static str| {
        let request = link
            .headers()
            .fold(reqwest::Client::new().put(link.uri()), |request, (name, value)| request.header(name, value));
        request.header(name, value).body("content").send()
    };
    assert_eq!(put("x-amz-meta-colour", "red").await.unwrap().status().as_u16(), 403);
    assert_eq!(put("accept", "*/*").await.unwrap().status().as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_signed_long_ago_is_refused() {
    let (_folder, store, _client) = store().await;
    let credential = "Credential=FUNCTIONS/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date";
    let request = reqwest::Client::new()
        .get(format!("{}/{BUCKET}", store.endpoint()))
        .header("x-amz-date", "20260101T000000Z")
        .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        .header("authorization", format!("AWS4-HMAC-SHA256 {credential}, Signature={}", "0".repeat(64)));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    assert!(answer.text().await.unwrap().contains("RequestTimeTooSkewed"));
}
