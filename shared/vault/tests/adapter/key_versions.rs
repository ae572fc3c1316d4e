//! Versions of organizations' keys.

use vault::{Kind, Vault};

use crate::place::Place;

const KEY: &str = "org_01ARZ3NDEKTSV4RRFFQ69G5FAV";

async fn data_key(vault: &Vault) -> (Vec<u8>, String) {
    let made = vault.data_key(KEY).await.unwrap_or_else(|fault| panic!("{fault}"));
    (made.plaintext.expose().to_vec(), made.wrapped)
}

async fn opened(vault: &Vault, wrapped: &str) -> Result<Vec<u8>, Kind> {
    let opened = vault.unwrap_data_key(KEY, wrapped).await;
    opened.map(|opened| opened.expose().to_vec()).map_err(|fault| fault.kind())
}

#[tokio::test]
async fn data_keys_follow_a_new_version_and_what_is_retired_opens_nothing() {
    let place = Place::start().await;
    let vault = place.root();
    vault.create_organization_key(KEY).await.unwrap();
    let [one, two] = [data_key(&vault).await, data_key(&vault).await];
    let first = vault.organization_key_versions(KEY).await.unwrap().unwrap();
    assert_eq!((first.newest, first.oldest), (1, 1));
    vault.rotate_organization_key(KEY).await.unwrap();
    let second = vault.organization_key_versions(KEY).await.unwrap().unwrap();
    assert_eq!((second.newest, second.oldest), (2, 1));
    assert!(second.made_at >= first.made_at);
    assert!(data_key(&vault).await.1.starts_with("vault:v2:"));
    let anew = vault.rewrap_data_keys(KEY, &[one.1.clone(), two.1.clone()]).await.unwrap();
    for ((plaintext, old), anew) in [&one, &two].into_iter().zip(&anew) {
        let anew = anew.as_deref().unwrap();
        assert!(old.starts_with("vault:v1:") && anew.starts_with("vault:v2:"));
        assert_eq!(
            (opened(&vault, old).await, opened(&vault, anew).await),
            (Ok(plaintext.clone()), Ok(plaintext.clone()))
        );
    }
    for _ in 0..2 {
        vault.retire_organization_key_versions(KEY, 2).await.unwrap();
    }
    let retired = vault.organization_key_versions(KEY).await.unwrap().unwrap();
    assert_eq!((retired.newest, retired.oldest), (2, 2));
    assert_eq!(opened(&vault, &one.1).await, Err(Kind::Refused));
    assert_eq!(opened(&vault, anew[0].as_deref().unwrap()).await, Ok(one.0));
}

#[tokio::test]
async fn one_data_key_that_does_not_open_keeps_no_other_from_being_wrapped_anew() {
    let place = Place::start().await;
    let vault = place.root();
    vault.create_organization_key(KEY).await.unwrap();
    let (good, bad) = (data_key(&vault).await.1, format!("vault:v1:{}", "A".repeat(80)));
    vault.rotate_organization_key(KEY).await.unwrap();
    let asked = [bad.clone(), good, "vault:v9:AAEC".to_owned()];
    let anew = vault.rewrap_data_keys(KEY, &asked).await.unwrap();
    assert_eq!(anew.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(vault.rewrap_data_keys(KEY, &[bad]).await.unwrap(), [None]);
    assert_eq!(vault.rewrap_data_keys(KEY, &[]).await.unwrap(), Vec::<Option<String>>::new());
}

#[tokio::test]
async fn a_key_that_is_not_there_is_neither_made_nor_turned() {
    let place = Place::start().await;
    let vault = place.root();
    let wrapped = [format!("vault:v1:{}", "A".repeat(80))];
    assert_eq!(vault.rotate_organization_key(KEY).await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(vault.rewrap_data_keys(KEY, &wrapped).await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(vault.retire_organization_key_versions(KEY, 1).await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(vault.organization_key_versions(KEY).await.unwrap(), None);
    vault.create_organization_key(KEY).await.unwrap();
    let ahead = vault.retire_organization_key_versions(KEY, 2).await.unwrap_err();
    assert_eq!(ahead.kind(), Kind::Refused, "a version that is not made yet");
}
