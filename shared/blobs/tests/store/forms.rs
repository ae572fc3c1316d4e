//! Forms that a browser uploads with.

use std::time::Duration;

use blobs::{Body, Form};

use crate::support::{Store, TEXT, now};

const KEY: &str = "imports/1/upload.txt";

fn form(store: &Store) -> Form {
    store.blobs().presigned_post(KEY, 1, 20, TEXT, Duration::from_secs(900), now())
}

/// Sends the form as a browser would, and answers the status.
async fn send(form: &Form, content: &[u8]) -> u16 {
    let mut body = Vec::new();
    for (name, value) in &form.fields {
        let part = format!("--XXX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(b"--XXX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n");
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--XXX--\r\n");
    let request = reqwest::Client::new().post(&form.url).header("content-type", "multipart/form-data; boundary=XXX");
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_uploads_the_object_it_is_for() {
    let store = Store::start().await;
    assert_eq!(send(&form(&store), b"content").await, 201);
    assert_eq!(store.blobs().get(KEY, 20).await.unwrap(), b"content");
    assert_eq!(store.blobs().head(KEY).await.unwrap().unwrap().content_type.as_deref(), Some(TEXT));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_uploads_nothing_else() {
    let store = Store::start().await;
    assert_eq!(send(&form(&store), b"").await, 400, "too small");
    assert_eq!(send(&form(&store), &[b'x'; 21]).await, 400, "too large");
    for (field, value) in [("key", "imports/2/upload.txt"), ("Content-Type", "text/html"), ("x-amz-meta-a", "b")] {
        let mut form = form(&store);
        form.fields.insert(field.to_owned(), value.to_owned());
        assert_eq!(send(&form, b"content").await, 403, "{field}");
    }
    assert_eq!(store.blobs().list("").await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_ends_at_its_time_and_with_its_makers_rights() {
    let store = Store::start().await;
    let expires_in = Duration::from_secs(60);
    let old = store.blobs().presigned_post(KEY, 1, 20, TEXT, expires_in, now().minus(Duration::from_secs(61)));
    assert_eq!(send(&old, b"content").await, 403);
    let forbidden = store.blobs_of("READER").presigned_post("open/a", 1, 20, TEXT, expires_in, now());
    assert_eq!(send(&forbidden, b"content").await, 403);
    store.blobs().put(KEY, Body::Bytes(b"before".to_vec()), TEXT).await.unwrap();
    assert_eq!(send(&form(&store), b"after").await, 201, "a form replaces what was there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_temporary_credentials_is_part_of_the_policy() {
    let store = Store::start().await;
    let mut form = store.temporary_blobs().presigned_post(KEY, 1, 20, TEXT, Duration::from_secs(60), now());
    assert_eq!(send(&form, b"content").await, 201);
    form.fields.insert("x-amz-security-token".to_owned(), "another".to_owned());
    assert_eq!(send(&form, b"content").await, 403);
}
