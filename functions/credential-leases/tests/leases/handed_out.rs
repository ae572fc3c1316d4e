//! What a lease gives, and what it leaves behind.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::place::{KEY, Place, unwrapped};

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_gives_the_way_to_one_credential_that_is_fetched_once_and_is_recorded() {
    let place = Place::start().await;
    let cost = json!({ "input_micro_usd": 150_000, "output_micro_usd": 600_000 });
    let provider = place.own("Own", json!({ "small": { "cost": cost, "context_tokens": 8000 } })).await;
    let reservation = place.reserved().await;
    let answer = place.lease(&reservation, "small").await.expect_status(200);
    assert!(!String::from_utf8_lossy(answer.bytes()).contains(KEY), "the credential passed through");
    let lease = answer.json();
    assert_eq!(lease["base_url"], "https://llm.example.com/v1");
    assert_eq!(
        (&lease["type"], &lease["model"], &lease["provider"]),
        (&json!("custom"), &json!("small"), &json!("Own"))
    );
    assert_eq!((&lease["input_micro_usd"], &lease["context_tokens"]), (&json!(150_000), &json!(8000)));
    let first = unwrapped(&lease).await;
    assert_eq!(first.json::<Value>().await.unwrap()["data"]["data"], json!({ "api_key": KEY }));
    assert_eq!(unwrapped(&lease).await.status(), StatusCode::BAD_REQUEST, "it was fetched twice");
    let recorded = place.recorded().await;
    assert_eq!(recorded.len(), 1);
    let said = |field: &str| {
        let changes = recorded[0]["changes"].as_array().unwrap();
        changes.iter().find(|change| change["field"] == field).unwrap()["after"].clone()
    };
    assert_eq!(
        (said("model"), said("reservation"), said("credential_version")),
        (json!("small"), json!(reservation), json!(1))
    );
    assert_eq!(recorded[0]["project_id"], json!(place.project));
    let read = place.ops.get(&provider).await.expect_status(200);
    assert!(read.json()["credential"]["last_used_at"].is_string(), "{read:?}");
    assert_eq!(read.header("etag"), "\"2\"", "a use is no change");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_lease_opens_nothing_else_in_the_vault() {
    let place = Place::start().await;
    let provider = place.own("Own", json!({ "small": {} })).await;
    let lease = place.leased("small").await.expect_status(200).json();
    let (_, id) = provider.rsplit_once('/').unwrap();
    let way = &lease["credential"];
    let at = |path: &str| format!("{}/v1/{path}", way["vault_address"].as_str().unwrap());
    let token = way["wrapped_token"].as_str().unwrap();
    for path in [
        format!("secret/data/orgs/{}/providers/{id}", place.org),
        format!("secret/data/platform/providers/{id}"),
        "secret/data/platform/keys/provider-fingerprints".to_owned(),
        format!("transit/keys/{}", place.org),
    ] {
        let asked = reqwest::Client::new().get(at(&path)).header("x-vault-token", token).send().await.unwrap();
        assert_eq!(asked.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_not_fetched_within_a_minute_is_worth_nothing() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "small": {} })).await;
    let lease = place.leased("small").await.expect_status(200).json();
    let way = &lease["credential"];
    let looked = reqwest::Client::new()
        .post(format!("{}/v1/sys/wrapping/lookup", way["vault_address"].as_str().unwrap()))
        .json(&json!({ "token": way["wrapped_token"] }))
        .send()
        .await
        .unwrap();
    // The vault says when it ends; that it keeps to that is its own promise, and tested with it.
    assert_eq!(looked.json::<Value>().await.unwrap()["data"]["creation_ttl"], json!(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organizations_default_parameters_go_along_and_lie_in_no_table_in_clear() {
    let place = Place::start().await;
    let own = place.own("Own", json!({ "small": {} })).await;
    let global = place.provider("/v1/providers", "Everybody's", json!({ "large": {} })).await;
    for (path, model, note) in [(&own, "small", "note-of-acme"), (&global, "large", "note-of-platform")] {
        let asked = json!({ "temperature": 0.2, "note": note });
        let put = place
            .ops
            .with("if-match", "\"2\"")
            .put(&format!("{path}/parameters"), json!({ "parameters": asked }))
            .await;
        assert_eq!(put.expect_status(200).json()["parameters"], asked);
        let read = place.ops.get(&format!("{path}/parameters")).await.expect_status(200);
        assert_eq!((&read.json()["parameters"], read.header("etag")), (&asked, "\"3\""));
        assert_eq!(place.leased(model).await.expect_status(200).json()["parameters"], asked);
    }
    let files = ["database.sqlite", "database.sqlite-wal"].map(|file| std::fs::read(place.portal.folder().join(file)));
    let written = files.into_iter().flat_map(Result::unwrap_or_default).collect::<Vec<u8>>();
    let is_there = |note: &str| written.windows(note.len()).any(|window| window == note.as_bytes());
    assert!(is_there("note-of-platform"), "the platform's stand in clear: were the tables looked at?");
    assert!(!is_there("note-of-acme"), "the organization's stand in clear");
    let gone = place.ops.with("if-match", "\"3\"").put(&format!("{own}/parameters"), json!({ "parameters": {} })).await;
    let _ = gone.expect_status(200);
    assert_eq!(place.leased("small").await.expect_status(200).json()["parameters"], json!({}));
}
