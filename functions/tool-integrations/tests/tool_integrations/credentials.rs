//! Headers of servers and secrets of clients: where they go, what is told of them, and when they are void.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::place::Place;

const KEY: &str = "sk-live-0123456789abcdef";

fn bearer(key: &str) -> Value {
    json!({ "headers": { "Authorization": format!("Bearer {key}") } })
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_lie_in_the_vault_and_answers_show_their_names_and_a_mask() {
    let place = Place::start().await;
    let path = place.server().await;
    let set = place.store(&path, bearer(KEY)).await.expect_status(200).json();
    assert_eq!((&set["headers"], &set["credential"]["mask"]), (&json!(["authorization"]), &json!("••••cdef")));
    assert_eq!(place.kept(&path).await, Some(json!({ "authorization": format!("Bearer {KEY}") })));
    let again = place.store(&path, bearer(KEY)).await.expect_status(200).json();
    assert_eq!(again["credential"]["fingerprint"], set["credential"]["fingerprint"], "the same ones");
    assert_eq!(again["credential"]["version"], 2);
    let two = json!({ "headers": { "X-Tenant": "acme", "Authorization": format!("Bearer {KEY}") } });
    let two = place.store(&path, two).await.expect_status(200).json();
    assert_eq!((&two["headers"], &two["credential"]["mask"]), (&json!(["authorization", "x-tenant"]), &json!("••••")));
    assert_ne!(two["credential"]["fingerprint"], set["credential"]["fingerprint"]);
    let told = place.recorded("mcp-server.credential-set").await;
    assert_eq!(told.len(), 3);
    assert!(!told.iter().any(|event| event.to_string().contains(KEY)));
    let versions = place.vault(&format!("metadata/{}", Place::secret(&path))).await.expect_status(200).json();
    let gone = |version: &str| versions["data"]["versions"][version]["destroyed"].as_bool();
    assert_eq!((gone("1"), gone("2"), gone("3")), (Some(true), Some(true), Some(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_no_credential_is_refused_without_being_repeated() {
    let place = Place::start().await;
    let path = place.server().await;
    let many: serde_json::Map<_, _> = (0..11).map(|number| (format!("X-{number}"), json!("v"))).collect();
    for headers in [
        json!({}),
        json!(many),
        json!({ "Host": "evil.example" }),
        json!({ "Content-Length": "0" }),
        json!({ "Transfer-Encoding": "chunked" }),
        json!({ "Mcp-Session-Id": "s" }),
        json!({ "X Y": "v" }),
        json!({ "X-Key": "" }),
        json!({ "X-Key": "line\r\nX-Evil: 1" }),
        json!({ "X-Key": " padded" }),
        json!({ "X-Key": "k".repeat(4_097) }),
        json!({ "X-Key": "a", "x-key": "b" }),
    ] {
        let refused = place.store(&path, json!({ "headers": headers })).await.expect_status(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/headers", "{headers}");
    }
    assert_eq!(place.kept(&path).await, None, "a refused one was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_follow_to_no_other_scheme_host_or_port() {
    let place = Place::start().await;
    for (patch, stays) in [
        (json!({ "name": "Renamed" }), true),
        (json!({ "url": "https://mcp.example.com/mcp/" }), true),
        (json!({ "enabled": false }), true),
        (json!({ "url": "https://evil.example/mcp" }), false),
        (json!({ "url": "https://mcp.example.com:8443/mcp" }), false),
    ] {
        let path = place.server().await;
        let _ = place.store(&path, bearer(KEY)).await.expect_status(200);
        let after = place.owner().edit(&path, patch.clone()).await.expect_status(200).json();
        assert_eq!(after["credential"].is_object(), stays, "{patch}");
        assert_eq!(after["headers"].as_array().unwrap().is_empty(), !stays, "{patch}");
        assert_eq!(place.kept(&path).await.is_some(), stays, "{patch}: what the vault has");
        // Put back, it still has none: what is void stays void.
        let back = place.owner().edit(&path, json!({ "url": "https://mcp.example.com/mcp" })).await;
        assert_eq!(back.expect_status(200).json()["credential"].is_object(), stays, "{patch}");
        let _ = place.owner().delete(&path).await.expect_status(204);
        let _ = place.vault(&format!("metadata/{}", Place::secret(&path))).await.expect_status(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_secret_follows_to_no_other_issuer_and_under_no_other_name() {
    let place = Place::start().await;
    for (patch, stays) in [
        (json!({ "name": "Renamed", "scopes": ["openid"] }), true),
        (json!({ "issuer": "https://login.example.com/beta" }), false),
        (json!({ "issuer": "https://evil.example/acme" }), false),
        (json!({ "client_id": "other" }), false),
    ] {
        let path = place.oauth_client().await;
        let set = place.store(&path, json!({ "client_secret": KEY })).await.expect_status(200).json();
        assert_eq!(set["credential"]["mask"], "••••cdef");
        assert_eq!(place.kept(&path).await, Some(json!({ "client_secret": KEY })));
        let after = place.owner().edit(&path, patch.clone()).await.expect_status(200).json();
        assert_eq!(after["credential"].is_object(), stays, "{patch}");
        assert_eq!(place.kept(&path).await.is_some(), stays, "{patch}: what the vault has");
        let _ = place.owner().delete(&path).await.expect_status(204);
        let _ = place.vault(&format!("metadata/{}", Place::secret(&path))).await.expect_status(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_removed_is_nowhere_and_a_repetition_is_no_second_one() {
    let place = Place::start().await;
    for (path, credential, event) in [
        (place.server().await, bearer(KEY), "mcp-server.credential-removed"),
        (place.oauth_client().await, json!({ "client_secret": KEY }), "oauth-client.credential-removed"),
    ] {
        let _ = place.store(&path, credential).await.expect_status(200);
        for _ in 0..2 {
            let _ = place.owner().delete(&format!("{path}/credential")).await.expect_status(204);
            assert_eq!(place.owner().get(&path).await.json()["credential"], Value::Null);
            assert_eq!(place.kept(&path).await, None);
        }
        assert_eq!(place.recorded(event).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_store_headers_at_once_one_does_and_the_vault_has_what_the_tables_name() {
    let place = Place::start().await;
    let path = place.server().await;
    let tag = place.owner().get(&path).await.header("etag").to_owned();
    let owner = place.owner().with("if-match", &tag);
    let at = format!("{path}/credential");
    let asked = join_all((0..8).map(|number| owner.put(&at, bearer(&number.to_string())))).await;
    let stored: Vec<usize> = (0..8).filter(|number| asked[*number].status() == 200).collect();
    assert_eq!(stored.len(), 1, "{:?}", asked.iter().map(journeys::Answer::status).collect::<Vec<_>>());
    assert!(asked.iter().all(|answer| [200, 409, 412].contains(&answer.status())));
    let named = &asked[stored[0]].json()["credential"]["version"];
    let read = place.vault(&format!("data/{}?version={named}", Place::secret(&path))).await.expect_status(200).json();
    assert_eq!(read["data"]["data"]["authorization"], format!("Bearer {}", stored[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_headers_lie_apart_from_every_organizations() {
    let place = Place::start().await;
    let made = json!({ "name": "Global", "url": "https://mcp.example.com/mcp" });
    let id = place.ops.post("/v1/mcp-servers", made).await.expect_status(201).text("id");
    let ops = place.ops.with("if-match", "\"1\"");
    let _ = ops.put(&format!("/v1/mcp-servers/{id}/credential"), bearer(KEY)).await.expect_status(200);
    let kept = place.vault(&format!("data/platform/mcp-servers/{id}")).await.expect_status(200).json();
    assert_eq!(kept["data"]["data"]["authorization"], format!("Bearer {KEY}"));
    let _ = place.ops.delete(&format!("/v1/mcp-servers/{id}")).await.expect_status(204);
    let _ = place.vault(&format!("metadata/platform/mcp-servers/{id}")).await.expect_status(404);
}
