//! Organizations' keys.

use vault::Kind;

use crate::place::Place;

const KEY: &str = "org_01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[tokio::test]
async fn a_data_key_comes_back_from_its_wrapping_and_only_under_its_own_key() {
    let place = Place::start().await;
    let vault = place.root();
    vault.create_organization_key(KEY).await.unwrap();
    vault.create_organization_key("org_other").await.unwrap();
    let made = vault.data_key(KEY).await.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(made.plaintext.expose().len(), 32);
    let opened = vault.unwrap_data_key(KEY, &made.wrapped).await.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(opened.expose(), made.plaintext.expose());
    let foreign = vault.unwrap_data_key("org_other", &made.wrapped).await.err().unwrap();
    assert_eq!((foreign.kind(), foreign.is_retryable()), (Kind::Refused, false));
}

#[tokio::test]
async fn creating_a_key_again_keeps_what_it_wrapped() {
    let place = Place::start().await;
    let vault = place.root();
    vault.create_organization_key(KEY).await.unwrap();
    let made = vault.data_key(KEY).await.unwrap_or_else(|fault| panic!("{fault}"));
    vault.create_organization_key(KEY).await.unwrap();
    assert!(vault.unwrap_data_key(KEY, &made.wrapped).await.is_ok());
}

#[tokio::test]
async fn a_destroyed_key_opens_nothing_and_destroying_it_again_is_a_success() {
    let place = Place::start().await;
    let vault = place.root();
    assert!(!vault.organization_key_exists(KEY).await.unwrap());
    vault.create_organization_key(KEY).await.unwrap();
    assert!(vault.organization_key_exists(KEY).await.unwrap());
    let made = vault.data_key(KEY).await.unwrap_or_else(|fault| panic!("{fault}"));
    vault.destroy_organization_key(KEY).await.unwrap();
    vault.destroy_organization_key(KEY).await.unwrap();
    assert!(!vault.organization_key_exists(KEY).await.unwrap());
    assert_eq!(vault.unwrap_data_key(KEY, &made.wrapped).await.err().unwrap().kind(), Kind::Refused);
    assert_eq!(vault.data_key(KEY).await.err().unwrap().kind(), Kind::Refused);
}

#[tokio::test]
async fn a_key_whose_creation_stopped_half_way_can_be_destroyed() {
    let place = Place::start().await;
    vaultrs::transit::key::create(&place.server.admin, &place.server.transit, KEY, None).await.unwrap();
    let vault = place.root();
    vault.destroy_organization_key(KEY).await.unwrap();
    assert!(!vault.organization_key_exists(KEY).await.unwrap());
}

#[tokio::test]
async fn a_name_that_would_lead_elsewhere_is_refused_before_it_is_sent() {
    let place = Place::start().await;
    for name in ["", "a/b", "../keys/a", "a?b"] {
        assert_eq!(place.root().create_organization_key(name).await.unwrap_err().kind(), Kind::Unexpected, "{name}");
    }
}
