//! What OAuth clients are, and who looks after them.

use serde_json::{Value, json};

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reads_as_it_was_made() {
    let place = Place::start().await;
    let by_endpoints = json!({
        "name": "Drive", "client_id": "portal",
        "authorization_endpoint": "https://www.example.com/authorize?prompt=consent",
        "token_endpoint": "https://api.example.com/token",
        "scopes": ["files.read", "openid"],
        "redirect_uris": ["http://127.0.0.1:8976/callback", "https://hub.example.com/oauth/callback"],
    });
    let path = place.made("oauth-clients", by_endpoints.clone()).await;
    let read = place.owner().get(&path).await.expect_status(200).json();
    for (field, value) in by_endpoints.as_object().unwrap() {
        assert_eq!(&read[field], value);
    }
    assert_eq!((&read["issuer"], &read["credential"]), (&Value::Null, &Value::Null));
    let moved = json!({ "issuer": "https://login.example.com/acme/", "scopes": null });
    let moved = place.owner().edit(&path, moved).await.expect_status(200).json();
    let again = place.owner().get(&path).await.expect_status(200).json();
    assert_eq!(moved, again);
    assert_eq!((&again["issuer"], &again["scopes"]), (&json!("https://login.example.com/acme/"), &json!([])));
    assert_eq!((&again["token_endpoint"], &again["authorization_endpoint"]), (&Value::Null, &Value::Null));
    assert_eq!(again["redirect_uris"], by_endpoints["redirect_uris"]);
    assert_eq!(place.recorded("oauth-client.edited").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_refused_where_a_secret_or_a_grant_could_go_astray() {
    let place = Place::start().await;
    let issuer = "https://login.example.com/acme";
    for (field, value, pointer) in [
        ("issuer", json!("http://login.example.com"), "/issuer"),
        ("issuer", json!("https://login.example.com?tenant=1"), "/issuer"),
        ("issuer", json!("https://10.0.0.5"), "/issuer"),
        ("token_endpoint", json!("https://login.example.com/token"), "/issuer"),
        ("client_id", json!(""), "/client_id"),
        ("scopes", json!(["two words"]), "/scopes/0"),
        ("redirect_uris", json!(["http://hub.example.com/callback"]), "/redirect_uris/0"),
        ("redirect_uris", json!(["https://hub.example.com/callback#a"]), "/redirect_uris/0"),
        ("redirect_uris", json!(["com.example.app:/callback"]), "/redirect_uris/0"),
    ] {
        let mut body = json!({ "name": "Drive", "issuer": issuer, "client_id": "portal" });
        body[field] = value;
        let refused = place.owner().post(&place.list("oauth-clients"), body.clone()).await.expect_status(422).json();
        let found = refused["errors"][0]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with(found), "{body}: {found}");
    }
    let neither = json!({ "name": "Drive", "client_id": "portal" });
    let _ = place.owner().post(&place.list("oauth-clients"), neither).await.expect_status(422);
    let many: Vec<_> = (0..11).map(|number| format!("https://hub.example.com/{number}")).collect();
    let many = json!({ "name": "Drive", "issuer": issuer, "client_id": "portal", "redirect_uris": many });
    let refused = place.owner().post(&place.list("oauth-clients"), many).await.expect_status(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/redirect_uris");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_their_owners_and_nobody_elses() {
    let place = Place::start().await;
    let path = place.oauth_client().await;
    let (_, id) = path.rsplit_once('/').unwrap();
    let elsewhere = format!("/v1/organizations/{}/oauth-clients/{id}", place.other);
    let _ = place.client("owner@beta.example").get(&elsewhere).await.expect_status(404);
    let _ = place.client("owner@beta.example").get(&path).await.expect_status(404);
    let _ = place.client("admin@acme.example").get(&path).await.expect_status(403);
    let twice = json!({ "name": "DRIVE", "issuer": "https://login.example.com", "client_id": "portal" });
    let taken = place.owner().post(&place.list("oauth-clients"), twice).await.expect_status(409);
    assert_eq!(taken.code(), "oauth-client.name-taken");
    let _ = place.owner().delete(&path).await.expect_status(204);
    let _ = place.owner().get(&path).await.expect_status(404);
    let _ = place.oauth_client().await;
    assert_eq!(place.recorded("oauth-client.deleted").await.len(), 1);
}
