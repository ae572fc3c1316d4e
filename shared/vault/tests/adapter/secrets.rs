//! Secrets at paths.

use std::collections::BTreeSet;

use serde_json::json;
use vault::Kind;
use vaultrs::kv2;

use crate::place::{Place, Terms, secret};

#[tokio::test]
async fn a_secret_is_written_once_and_everybody_gets_the_first_value() {
    let place = Place::start().await;
    let vault = place.root();
    assert!(vault.read_secret("platform/keys/links").await.unwrap_or_else(|fault| panic!("{fault}")).is_none());
    for fresh in ["first", "second"] {
        let got =
            vault.secret_once("platform/keys/links", secret(fresh)).await.unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(got.expose(), b"first");
    }
    let read = vault.read_secret("platform/keys/links").await.unwrap_or_else(|fault| panic!("{fault}")).unwrap();
    assert_eq!(read.expose(), b"first");
}

#[tokio::test]
async fn bytes_that_are_no_text_come_back_unchanged() {
    let place = Place::start().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let vault = place.root();
    vault
        .secret_once("platform/imports/1", vault::Secret::new(bytes.clone()))
        .await
        .unwrap_or_else(|fault| panic!("{fault}"));
    let read = vault.read_secret("platform/imports/1").await.unwrap_or_else(|fault| panic!("{fault}")).unwrap();
    assert_eq!(read.expose(), bytes);
}

/// Sixteen callers at once; each with a connection of its own, so that their requests really mix.
async fn race(handles: Vec<vault::Vault>) -> BTreeSet<Vec<u8>> {
    let racers: Vec<_> = handles
        .into_iter()
        .enumerate()
        .map(|(number, vault)| {
            tokio::spawn(async move {
                let fresh = secret(&format!("value {number}"));
                vault
                    .secret_once("platform/imports/1", fresh)
                    .await
                    .unwrap_or_else(|fault| panic!("{fault:?}"))
                    .expose()
                    .to_vec()
            })
        })
        .collect();
    let mut values = BTreeSet::new();
    for racer in racers {
        values.insert(racer.await.unwrap());
    }
    values
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_callers_at_once_get_one_value() {
    let place = Place::start().await;
    assert_eq!(race((0..16).map(|_| place.root()).collect()).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_callers_who_may_create_but_not_update_get_one_value() {
    let place = Place::start().await;
    let policy = r#"path "secret/data/platform/imports/*" { capabilities = ["create", "read"] }"#;
    let terms = Terms { policy, token_ttl: "10m", token_max_ttl: "1h", logins: 0 };
    let vault = place.role("worker", terms).await;
    assert_eq!(race(vec![vault; 16]).await.len(), 1);
}

#[tokio::test]
async fn a_destroyed_secret_is_gone_with_all_its_versions() {
    let place = Place::start().await;
    let vault = place.root();
    vault.secret_once("orgs/1/key", secret("v")).await.unwrap_or_else(|fault| panic!("{fault}"));
    vault.destroy_secret("orgs/1/key").await.unwrap();
    vault.destroy_secret("orgs/1/key").await.unwrap();
    assert!(vault.read_secret("orgs/1/key").await.unwrap_or_else(|fault| panic!("{fault}")).is_none());
    assert!(kv2::read_metadata(&place.server.admin, &place.server.kv, "orgs/1/key").await.is_err());
    let again = vault.secret_once("orgs/1/key", secret("w")).await.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(again.expose(), b"w");
}

#[tokio::test]
async fn a_deleted_version_is_no_secret_and_stands_in_the_way_of_another() {
    let place = Place::start().await;
    let vault = place.root();
    vault.secret_once("orgs/1/key", secret("v")).await.unwrap_or_else(|fault| panic!("{fault}"));
    kv2::delete_latest(&place.server.admin, &place.server.kv, "orgs/1/key").await.unwrap();
    assert!(vault.read_secret("orgs/1/key").await.unwrap_or_else(|fault| panic!("{fault}")).is_none());
    assert_eq!(vault.secret_once("orgs/1/key", secret("w")).await.err().unwrap().kind(), Kind::Conflict);
}

#[tokio::test]
async fn everything_under_a_path_is_found_at_any_depth_and_nothing_beside_it() {
    let place = Place::start().await;
    let vault = place.root();
    for path in ["orgs/1/a", "orgs/1/providers/x/key", "orgs/1/providers/y", "orgs/10/a", "orgs/2/a"] {
        vault.secret_once(path, secret("v")).await.unwrap_or_else(|fault| panic!("{fault}"));
    }
    let mut found = vault.secrets_under("orgs/1/").await.unwrap();
    found.sort();
    assert_eq!(found, ["orgs/1/a", "orgs/1/providers/x/key", "orgs/1/providers/y"]);
    for path in &found {
        vault.destroy_secret(path).await.unwrap();
    }
    assert_eq!(vault.secrets_under("orgs/1").await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn what_somebody_else_wrote_is_unexpected_and_never_shown() {
    let place = Place::start().await;
    for data in [json!({"password": "hunter2"}), json!({"value": "hunter2 is not base64"})] {
        kv2::set(&place.server.admin, &place.server.kv, "platform/keys/odd", &data).await.unwrap();
        let fault = place.root().read_secret("platform/keys/odd").await.err().unwrap();
        assert_eq!(fault.kind(), Kind::Unexpected);
        let shown = format!("{fault} {fault:?} {:?}", std::error::Error::source(&fault).map(ToString::to_string));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
