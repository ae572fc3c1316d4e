//! The data file: what it keeps, who may read it, what a kill leaves.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::client::{ROOT, Vault};

#[tokio::test]
async fn everything_that_was_acknowledged_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vault.json");
    let vault = Vault::start(Some(file.clone())).await;
    vault.root("POST", "sys/mounts/transit", json!({"type": "transit"})).await;
    vault.root("POST", "transit/keys/org", json!({})).await;
    let sealed = vault.root("POST", "transit/encrypt/org", json!({"plaintext": "aGVsbG8="})).await;
    vault.root("POST", "secret/data/a", json!({"data": {"k": "v"}})).await;
    let token = vault.token_with(r#"path "secret/data/a" { capabilities = ["read"] }"#).await;
    // A copy while the server still runs holds what a kill at this moment would leave.
    let left = folder.path().join("left.json");
    std::fs::copy(&file, &left).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let vault = Vault::start(Some(left)).await;
    let (status, read) = vault.send("GET", "secret/data/a", Some(&token), &[], &json!(null)).await;
    assert_eq!((status, &read["data"]["data"]), (200, &json!({"k": "v"})));
    let opened = vault.root("POST", "transit/decrypt/org", json!({"ciphertext": sealed["data"]["ciphertext"]})).await;
    assert_eq!(opened["data"]["plaintext"], "aGVsbG8=");
    vault.server.stop().await;
}

#[tokio::test]
async fn a_use_of_a_limited_token_is_not_given_back_by_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vault.json");
    let vault = Vault::start(Some(file.clone())).await;
    let made = vault.root("POST", "auth/token/create", json!({"num_uses": 2, "policies": ["default"]})).await;
    let token = made["auth"]["client_token"].as_str().unwrap().to_owned();
    let look = |vault: Vault| {
        let token = token.clone();
        async move {
            let (status, _) = vault.send("GET", "auth/token/lookup-self", Some(&token), &[], &json!(null)).await;
            drop(vault);
            status
        }
    };
    assert_eq!(look(vault).await, 200);
    assert_eq!(look(Vault::start(Some(file.clone())).await).await, 200);
    assert_eq!(look(Vault::start(Some(file)).await).await, 403);
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_write_costs_that_write_and_nothing_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vault.json");
    let vault = Vault::start(Some(file.clone())).await;
    vault.root("POST", "secret/data/first", json!({"data": {"n": 1}})).await;
    let acknowledged = std::fs::read(&file).unwrap().len();
    vault.root("POST", "secret/data/second", json!({"data": {"n": 2}})).await;
    let whole = std::fs::read(&file).unwrap();
    for length in (acknowledged..whole.len()).step_by(7) {
        let cut = folder.path().join("cut.json");
        std::fs::write(&cut, &whole[..length]).unwrap();
        let vault = Vault::start(Some(cut)).await;
        let read = vault.root("GET", "secret/data/first", json!(null)).await;
        assert_eq!(read["data"]["data"]["n"], 1, "cut at {length}");
    }
}

#[tokio::test]
async fn what_was_deleted_stays_deleted_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vault.json");
    let vault = Vault::start(Some(file.clone())).await;
    vault.root("POST", "sys/mounts/transit", json!({"type": "transit"})).await;
    vault.root("POST", "transit/keys/org", json!({})).await;
    vault.root("POST", "transit/keys/org/config", json!({"deletion_allowed": true})).await;
    vault.root("DELETE", "transit/keys/org", json!(null)).await;
    vault.root("POST", "secret/data/a", json!({"data": {}})).await;
    vault.root("DELETE", "secret/metadata/a", json!(null)).await;
    drop(vault);
    let vault = Vault::start(Some(file)).await;
    for path in ["transit/keys/org", "secret/data/a"] {
        assert_eq!(vault.send("GET", path, Some(ROOT), &[], &json!(null)).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn the_former_root_token_is_worth_nothing_after_a_start_with_another() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vault.json");
    let vault = Vault::start(Some(file.clone())).await;
    vault.root("POST", "secret/data/a", json!({"data": {}})).await;
    drop(vault);
    let mut options = crate::client::options(Some(file));
    options.root_token = "another".to_owned();
    let server = vault_dev::Server::start(options).await.unwrap();
    let url = format!("{}/v1/secret/data/a", server.url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let read =
        async |token: &str| http.get(&url).header("X-Vault-Token", token).send().await.unwrap().status().as_u16();
    assert_eq!((read(ROOT).await, read("another").await), (403, 200));
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vault.json");
    std::fs::write(&file, "precious").unwrap();
    let refused = vault_dev::Server::start(crate::client::options(Some(file.clone()))).await;
    assert!(matches!(refused.err(), Some(vault_dev::StartError::DataFile(_))));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}
