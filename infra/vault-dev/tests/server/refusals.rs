//! What the server must not do.

use std::net::SocketAddr;

use serde_json::{Value, json};
use vault_dev::{Options, Server, StartError};

use crate::client::{ROOT, Vault, options};

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let address: SocketAddr = address.parse().unwrap();
        let refused = Server::start(Options { address, ..options(None) }).await;
        assert!(matches!(refused.err(), Some(StartError::NotLoopback)), "{address}");
    }
}

#[tokio::test]
async fn a_policy_lets_through_what_it_names_and_nothing_else() {
    let vault = Vault::start(None).await;
    let policy = r#"
        # a comment
        path "secret/data/team/*" { capabilities = ["create", "read"] }
        path "secret/data/team/closed" { capabilities = ["deny"] }
    "#;
    let token = vault.token_with(policy).await;
    let status = async |method: &str, path: &str| {
        let body = if method == "POST" { json!({"data": {}}) } else { Value::Null };
        vault.send(method, path, Some(&token), &[], &body).await.0
    };
    assert_eq!(status("POST", "secret/data/team/a").await, 200);
    assert_eq!(status("GET", "secret/data/team/a").await, 200);
    assert_eq!(status("POST", "secret/data/team/a").await, 403, "a second write is an update");
    assert_eq!(status("DELETE", "secret/data/team/a").await, 403);
    assert_eq!(status("GET", "secret/data/team/closed").await, 403);
    assert_eq!(status("LIST", "secret/metadata/team").await, 403);
    assert_eq!(status("GET", "sys/mounts").await, 403);
}

#[tokio::test]
async fn a_policy_that_would_be_understood_by_half_is_refused() {
    let vault = Vault::start(None).await;
    for policy in [
        "path \"a\" { capabilities = [\"read\"]\n max_wrapping_ttl = \"1h\" }",
        "role \"a\" {}",
        "path \"a\" {",
        "x = 1",
    ] {
        let (status, _) = vault.send("PUT", "sys/policies/acl/p", Some(ROOT), &[], &json!({ "policy": policy })).await;
        assert_eq!(status, 400, "{policy}");
    }
}

#[tokio::test]
async fn a_wrapped_answer_comes_out_once() {
    let vault = Vault::start(None).await;
    vault.root("POST", "secret/data/a", json!({"data": {"k": "v"}})).await;
    let wrap = async || {
        let (_, wrapped) =
            vault.send("GET", "secret/data/a", Some(ROOT), &[("X-Vault-Wrap-TTL", "60s")], &Value::Null).await;
        assert_eq!(wrapped["data"], Value::Null);
        wrapped["wrap_info"]["token"].as_str().unwrap().to_owned()
    };
    let unwrap = async |token: &str| vault.send("POST", "sys/wrapping/unwrap", Some(token), &[], &Value::Null).await;
    let token = wrap().await;
    assert_eq!(unwrap(&token).await.1["data"]["data"], json!({"k": "v"}));
    assert_eq!(unwrap(&token).await.0, 400);
    let late = wrap().await;
    vault.pass(60_000);
    assert_eq!(unwrap(&late).await.0, 400);
}

#[tokio::test]
async fn a_token_gives_no_more_than_it_has_and_takes_its_children_along() {
    let vault = Vault::start(None).await;
    let parent = vault.token_with(r#"path "auth/token/create" { capabilities = ["update"] }"#).await;
    let make = async |policies: Value| {
        vault.send("POST", "auth/token/create", Some(&parent), &[], &json!({ "policies": policies })).await
    };
    assert_eq!(make(json!(["root"])).await.0, 400);
    let (status, child) = make(json!(["tested"])).await;
    assert_eq!(status, 200);
    vault.root("POST", "auth/token/revoke", json!({ "token": parent })).await;
    let child = child["auth"]["client_token"].as_str().unwrap();
    assert_eq!(vault.send("GET", "auth/token/lookup-self", Some(child), &[], &Value::Null).await.0, 403);
}

#[tokio::test]
async fn a_renewal_never_passes_the_maximum() {
    let vault = Vault::start(None).await;
    vault.root("POST", "sys/auth/approle", json!({"type": "approle"})).await;
    vault.root("POST", "auth/approle/role/r", json!({"token_ttl": "10m", "token_max_ttl": "15m"})).await;
    let role_id = vault.root("GET", "auth/approle/role/r/role-id", Value::Null).await["data"]["role_id"].clone();
    let secret_id = vault.root("POST", "auth/approle/role/r/secret-id", json!({})).await["data"]["secret_id"].clone();
    let (_, login) =
        vault.send("POST", "auth/approle/login", None, &[], &json!({"role_id": role_id, "secret_id": secret_id})).await;
    let token = login["auth"]["client_token"].as_str().unwrap();
    vault.pass(9 * 60_000);
    let (_, renewed) = vault.send("POST", "auth/token/renew-self", Some(token), &[], &json!({})).await;
    assert_eq!(renewed["auth"]["lease_duration"], 360);
    vault.pass(6 * 60_000);
    assert_eq!(vault.send("GET", "auth/token/lookup-self", Some(token), &[], &Value::Null).await.0, 403);
}
