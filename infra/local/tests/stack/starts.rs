//! Starting, stopping, starting anew.

use std::os::unix::fs::PermissionsExt;

use journeys::Client;
use serde_json::json;

use crate::process::{Process, refused};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_is_there_after_a_stop_and_gone_after_a_fresh_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("stack");
    let stack = Process::start(&data, &[]).await;
    let ops = stack.superadmin(&data).await;
    ops.post("/v1/organizations", json!({ "name": "Acme" })).await.expect_status(201);
    let (said, ended) = stack.signal("INT").await;
    assert!(ended.success() && said.contains("Everything is kept"), "{ended} {said}");

    let again = Process::start(&data, &[]).await;
    let kept = again.superadmin(&data).await.get("/v1/organizations").await.expect_status(200);
    assert_eq!(kept.json()["items"][0]["name"], "Acme");
    assert!(again.signal("TERM").await.1.success());

    let fresh = Process::start(&data, &["--fresh"]).await;
    let none = fresh.superadmin(&data).await.get("/v1/organizations").await.expect_status(200);
    assert_eq!(none.json()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_people_in_can_be_read_by_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let _stack = Process::start(folder.path(), &[]).await;
    for file in ["stack.json", "superadmin.json"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stack_runs_beside_the_first_but_not_on_its_folder_or_its_port() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Process::start(one.path(), &[]).await;
    let (told, ended) = refused(one.path(), &[]).await;
    assert!(!ended.success() && told.contains("another stack runs on"), "{told}");
    let port = first.card.api.rsplit(':').next().unwrap().to_owned();
    let (told, ended) = refused(other.path(), &["--port", &port]).await;
    assert!(!ended.success() && told.contains(&format!("port {port} for the API is taken")), "{told}");
    let second = Process::start(other.path(), &[]).await;
    for stack in [&first, &second] {
        Client::at(&stack.card.api).get("/v1/health").await.expect_status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_addresses_that_are_printed_show_pages() {
    let folder = tempfile::tempdir().unwrap();
    let stack = Process::start(folder.path(), &[]).await;
    for address in [&stack.card.docs, &stack.card.mailbox, &stack.card.mailbox.trim_end_matches('/').to_owned()] {
        let path = address.strip_prefix(&stack.card.api).unwrap();
        Client::at(&stack.card.api).get(path).await.expect_status(200);
    }
}
