//! Logging in, renewing, and what happens when a token ends.

use vault::{Config, Kind, Login, Vault};
use vaultrs::api::auth::approle::requests::SetAppRoleRequest;
use vaultrs::auth::approle::role;

use crate::place::{Place, Terms, secret};

const POLICY: &str = r#"path "secret/data/a" { capabilities = ["create", "read"] }"#;

async fn reads(vault: &Vault) -> Result<(), Kind> {
    vault.read_secret("a").await.map(|_| ()).map_err(|fault| fault.kind())
}

#[tokio::test]
async fn a_token_that_ended_unnoticed_is_replaced_by_a_new_login() {
    let place = Place::development().await;
    let vault = place.role("worker", Terms { policy: POLICY, token_ttl: "10m", token_max_ttl: "1h", logins: 2 }).await;
    assert_eq!(reads(&vault).await, Ok(()));
    place.pass(3600);
    assert_eq!(reads(&vault).await, Ok(()));
    place.pass(3600);
    assert_eq!(reads(&vault).await, Err(Kind::Refused), "the secret id is good for two logins");
}

#[tokio::test]
async fn a_token_that_vault_dropped_before_its_time_is_replaced_within_the_same_call() {
    let place = Place::start().await;
    let vault = place.role("worker", Terms { policy: POLICY, token_ttl: "10m", token_max_ttl: "1h", logins: 2 }).await;
    // Vault drops a token with its last use, which the adapter knows nothing of.
    let mut limit = SetAppRoleRequest::builder();
    role::set(&place.server.admin, "approle", &place.server.own("worker"), Some(limit.token_num_uses(2_u64)))
        .await
        .unwrap();
    for _ in 0..4 {
        assert_eq!(reads(&vault).await, Ok(()));
    }
    assert_eq!(reads(&vault).await, Err(Kind::Refused), "two logins of two uses each");
}

#[tokio::test]
async fn a_token_in_use_is_renewed_without_another_login() {
    let place = Place::development().await;
    let vault = place.role("worker", Terms { policy: POLICY, token_ttl: "10m", token_max_ttl: "1h", logins: 1 }).await;
    for _ in 0..6 {
        assert_eq!(reads(&vault).await, Ok(()));
        place.pass(9 * 60);
    }
}

#[tokio::test]
async fn a_token_near_its_maximum_is_replaced_before_it_ends() {
    let place = Place::development().await;
    let vault = place.role("worker", Terms { policy: POLICY, token_ttl: "10m", token_max_ttl: "20m", logins: 0 }).await;
    for _ in 0..20 {
        assert_eq!(reads(&vault).await, Ok(()));
        place.pass(7 * 60);
    }
}

#[tokio::test]
async fn what_a_policy_refuses_is_refused_without_a_new_login() {
    let place = Place::start().await;
    let vault = place.role("worker", Terms { policy: POLICY, token_ttl: "10m", token_max_ttl: "1h", logins: 1 }).await;
    for _ in 0..2 {
        assert_eq!(vault.read_secret("b").await.err().unwrap().kind(), Kind::Refused);
    }
    assert_eq!(reads(&vault).await, Ok(()), "the one login must still be the one in use");
}

#[tokio::test]
async fn sixteen_first_calls_at_once_log_in_once() {
    let place = Place::start().await;
    let vault = place.role("worker", Terms { policy: POLICY, token_ttl: "10m", token_max_ttl: "1h", logins: 1 }).await;
    let callers: Vec<_> =
        (0..16).map(|_| vault.clone()).map(|vault| tokio::spawn(async move { reads(&vault).await })).collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(()));
    }
}

#[tokio::test]
async fn a_wrong_login_is_refused_and_is_no_reason_to_try_again() {
    let place = Place::start().await;
    let unknown = place.with(Login::AppRole { role_id: "nobody".to_owned(), secret_id: secret("nothing") });
    assert_eq!(reads(&unknown).await, Err(Kind::Refused));
    assert_eq!(reads(&place.with(Login::Token(secret("nothing")))).await, Err(Kind::Refused));
}

#[test]
fn a_configuration_that_can_never_work_is_refused_at_once() {
    let config = |address: &str, token: &str, mount: &str| Config {
        address: address.to_owned(),
        login: Login::Token(secret(token)),
        mount_kv: mount.to_owned(),
        mount_transit: "transit".to_owned(),
    };
    let made = |config: Config| Vault::new(config, std::sync::Arc::new(|| std::time::Duration::ZERO)).is_ok();
    assert!(made(config("https://vault.example.com:8200", "s.token", "secret")));
    assert!(!made(config("vault.example.com:8200", "s.token", "secret")));
    assert!(!made(config("", "s.token", "secret")));
    assert!(!made(config("https://vault.example.com", "s.token\n", "secret")));
    assert!(!made(config("https://vault.example.com", "s.token", "../sys")));
}
