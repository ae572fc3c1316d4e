//! Uploads by a signed form: what the policy allows, and nothing else.

use crate::objects::{store, text};
use crate::support::{BUCKET, Form};

async fn refused(form: &Form, status: u16, code: &str) {
    let (_folder, store, client) = store().await;
    let (answered, body) = form.send(store.endpoint()).await;
    assert_eq!(answered, status, "{body}");
    assert!(body.contains(&format!("<Code>{code}</Code>")), "{body}");
    assert_eq!(client.list_objects_v2().bucket(BUCKET).send().await.unwrap().key_count(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_fits_its_policy_makes_an_object() {
    let (_folder, store, client) = store().await;
    let (status, body) = Form::signed("drops/list.xlsx", 3600, 0).send(store.endpoint()).await;
    assert_eq!(status, 201, "{body}");
    assert!(body.contains("<Key>drops/list.xlsx</Key>"), "{body}");
    assert_eq!(text(&client, "drops/list.xlsx").await, "content");
    let head = client.head_object().bucket(BUCKET).key("drops/list.xlsx").send().await.unwrap();
    assert_eq!(head.content_type(), Some("application/octet-stream"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_good_until_its_policy_expires_even_an_hour_after_signing() {
    let (_folder, store, _client) = store().await;
    let (status, body) = Form::signed("drops/a", 60, 3600).send(store.endpoint()).await;
    assert_eq!(status, 201, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_can_take_the_files_own_name() {
    let (_folder, store, client) = store().await;
    let (status, body) = Form::signed("drops/${filename}", 60, 0).send(store.endpoint()).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(text(&client, "drops/list.xlsx").await, "content");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_beyond_the_policys_size_is_refused() {
    let mut form = Form::signed("drops/a", 60, 0);
    form.content = vec![b'x'; 1001];
    refused(&form, 400, "EntityTooLarge").await;
    form.content = vec![b'x'; 5_000_000];
    refused(&form, 400, "EntityTooLarge").await;
    form.content = Vec::new();
    refused(&form, 400, "EntityTooSmall").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_outside_the_policy_is_refused() {
    refused(&Form::signed("results/a", 60, 0), 403, "AccessDenied").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_policy_is_refused() {
    refused(&Form::signed("drops/a", -1, 60), 403, "AccessDenied").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_the_policy_does_not_name_is_refused() {
    let mut form = Form::signed("drops/a", 60, 0);
    form.set("x-amz-meta-colour", "red");
    refused(&form, 403, "AccessDenied").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_with_another_value_than_the_policys_is_refused() {
    let mut form = Form::signed("drops/a", 60, 0);
    form.set("Content-Type", "text/html");
    refused(&form, 403, "AccessDenied").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_signature_or_policy_is_refused() {
    let mut form = Form::signed("drops/a", 60, 0);
    form.set("x-amz-signature", &"0".repeat(64));
    refused(&form, 403, "SignatureDoesNotMatch").await;
    let longer = Form::signed("drops/a", 7200, 0);
    let mut form = Form::signed("drops/a", 60, 0);
    form.fields.retain(|(name, _)| name != "policy");
    form.fields.push(longer.fields.last().unwrap().clone());
    refused(&form, 403, "SignatureDoesNotMatch").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_policy_and_signature_is_refused() {
    let mut form = Form::signed("drops/a", 60, 0);
    form.fields.truncate(1);
    refused(&form, 403, "AccessDenied").await;
}
