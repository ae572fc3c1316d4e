//! Credentials: where they go, what is told of them, and when they are void.

use futures::future::join_all;
use serde_json::json;

use crate::place::Place;

const KEY: &str = "sk-live-0123456789abcdef";

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_lies_in_the_vault_and_answers_show_its_mask() {
    let place = Place::start().await;
    let path = place.custom().await;
    let set = place.store(&path, json!({ "api_key": KEY })).await.expect_status(200).json();
    let credential = &set["credential"];
    assert_eq!((&credential["mask"], &credential["version"]), (&json!("••••cdef"), &json!(1)));
    assert_eq!(place.kept(&path).await, Some(json!({ "api_key": KEY })));
    // The same key has the same fingerprint, another one another; a short one shows nothing.
    let again = place.store(&path, json!({ "api_key": KEY })).await.expect_status(200).json();
    assert_eq!(
        (&again["credential"]["fingerprint"], &again["credential"]["version"]),
        (&credential["fingerprint"], &json!(2))
    );
    let short = place.store(&path, json!({ "api_key": "ollama" })).await.expect_status(200).json();
    assert_eq!(short["credential"]["mask"], "••••");
    assert_ne!(short["credential"]["fingerprint"], credential["fingerprint"]);
    assert_eq!(place.recorded("provider.credential-set").await.len(), 3);
    // Of older ones nothing is left.
    let (_, id) = path.rsplit_once('/').unwrap();
    let versions = place.vault(&format!("metadata/orgs/{}/providers/{id}", place.org)).await.expect_status(200).json();
    let gone = |version: &str| versions["data"]["versions"][version]["destroyed"].as_bool();
    assert_eq!((gone("1"), gone("2"), gone("3")), (Some(true), Some(true), Some(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_type_takes_its_own_kind_of_credential() {
    let place = Place::start().await;
    let bedrock = place.provider(json!({ "name": "AWS", "type": "bedrock", "region": "eu-central-1" })).await;
    let keys = json!({ "access_key_id": "AKIAEXAMPLE", "secret_access_key": KEY });
    let set = place.store(&bedrock, keys.clone()).await.expect_status(200).json();
    assert_eq!(set["credential"]["mask"], "••••cdef");
    assert_eq!(place.kept(&bedrock).await, Some(keys.clone()));
    let custom = place.custom().await;
    for (path, body, pointer) in [
        (&bedrock, json!({ "api_key": KEY }), "/api_key"),
        (&bedrock, json!({ "access_key_id": "AKIAEXAMPLE" }), "/secret_access_key"),
        (&custom, keys, "/api_key"),
        (&custom, json!({}), "/api_key"),
        (&custom, json!({ "api_key": "" }), "/api_key"),
        (&custom, json!({ "api_key": "with space" }), "/api_key"),
        (&custom, json!({ "api_key": "line\nbreak" }), "/api_key"),
        (&custom, json!({ "api_key": "k".repeat(4_097) }), "/api_key"),
    ] {
        let refused = place.store(path, body).await.expect_status(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    assert_eq!(place.kept(&custom).await, None, "a refused one was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_type_scheme_host_or_port_voids_the_credential_and_any_other_does_not() {
    let place = Place::start().await;
    for (patch, stays) in [
        (json!({ "name": "Renamed" }), true),
        (json!({ "base_url": "https://llm.example.com/v2" }), true),
        (json!({ "models": { "a": {} } }), true),
        (json!({ "base_url": "https://evil.example/v1" }), false),
        (json!({ "base_url": "https://llm.example.com:8443/v1" }), false),
        (json!({ "type": "openai" }), false),
    ] {
        let path = place.custom().await;
        let _ = place.store(&path, json!({ "api_key": KEY })).await.expect_status(200);
        let after = place.owner().edit(&path, patch.clone()).await.expect_status(200).json();
        assert_eq!(after["credential"].is_object(), stays, "{patch}");
        assert_eq!(place.kept(&path).await.is_some(), stays, "{patch}: what the vault has");
        // Put back, it still has none: what is void stays void.
        let back = json!({ "type": "custom", "base_url": "https://llm.example.com/v1" });
        let back = place.owner().edit(&path, back).await.expect_status(200).json();
        assert_eq!(back["credential"].is_object(), stays, "{patch}");
        let _ = place.owner().delete(&path).await.expect_status(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_removed_or_whose_provider_is_deleted_is_nowhere() {
    let place = Place::start().await;
    let path = place.custom().await;
    let _ = place.store(&path, json!({ "api_key": KEY })).await.expect_status(200);
    for _ in 0..2 {
        let _ = place.owner().delete(&format!("{path}/credential")).await.expect_status(204);
        assert_eq!(place.owner().get(&path).await.json()["credential"], json!(null));
        assert_eq!(place.kept(&path).await, None);
    }
    assert_eq!(place.recorded("provider.credential-removed").await.len(), 1, "a repetition is no second one");
    let _ = place.store(&path, json!({ "api_key": KEY })).await.expect_status(200);
    let _ = place.owner().delete(&path).await.expect_status(204);
    let (_, id) = path.rsplit_once('/').unwrap();
    let _ = place.vault(&format!("metadata/orgs/{}/providers/{id}", place.org)).await.expect_status(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_store_one_at_once_one_does_and_the_vault_has_what_the_tables_name() {
    let place = Place::start().await;
    let path = place.custom().await;
    let tag = place.owner().get(&path).await.header("etag").to_owned();
    let owner = place.owner().with("if-match", &tag);
    let at = format!("{path}/credential");
    let asked = join_all((0..8).map(|number| owner.put(&at, json!({ "api_key": format!("key-{number}") })))).await;
    let stored: Vec<usize> = (0..8).filter(|number| asked[*number].status() == 200).collect();
    assert_eq!(stored.len(), 1, "{:?}", asked.iter().map(journeys::Answer::status).collect::<Vec<_>>());
    assert!(asked.iter().all(|answer| [200, 409, 412].contains(&answer.status())));
    let named = &asked[stored[0]].json()["credential"]["version"];
    let (_, id) = path.rsplit_once('/').unwrap();
    let read = place.vault(&format!("data/orgs/{}/providers/{id}?version={named}", place.org)).await.expect_status(200);
    assert_eq!(read.json()["data"]["data"]["api_key"], format!("key-{}", stored[0]));
}
