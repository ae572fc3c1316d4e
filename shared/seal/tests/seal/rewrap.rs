//! Wrapping anew after the organization's key got another version.

use domain::sealed::Sealed;
use seal::{Failure, Sealer, key_version, rewrap};

use crate::place::{Place, attribute, organization};

async fn rotate(place: &Place) {
    let name = organization(1).to_string();
    place.vault.rotate_organization_key(&name).await.unwrap();
}

async fn words(place: &Place, sealed: &Sealed) -> Result<Vec<u8>, Failure> {
    Sealer::new(place.vault.clone(), place.clock()).open(&attribute(), sealed).await
}

#[tokio::test]
async fn what_is_wrapped_anew_opens_when_the_old_version_is_retired_and_was_not_opened_for_it() {
    let place = Place::start().await;
    let seal = Sealer::new(place.vault.clone(), place.clock());
    let (one, two) = (seal.seal(&attribute(), b"one").await.unwrap(), seal.seal(&attribute(), b"two").await.unwrap());
    rotate(&place).await;
    place.asked();
    let anew = rewrap(&place.vault, organization(1), &[&one, &two]).await.unwrap();
    assert_eq!(place.asked(), 0, "a data key was made or opened");
    let [Some(first), Some(second)] = anew.as_slice() else { panic!("{anew:?}") };
    assert_eq!([&one, first].map(key_version), [Some(1), Some(2)]);
    assert_eq!(one.as_bytes()[66..], first.as_bytes()[66..], "nonce and ciphertext stay as they were");
    place.vault.retire_organization_key_versions(&organization(1).to_string(), 2).await.unwrap();
    assert_eq!(
        (words(&place, first).await.unwrap(), words(&place, second).await.unwrap()),
        (b"one".into(), b"two".into())
    );
    assert!(words(&place, &one).await.is_err());
}

#[tokio::test]
async fn what_is_broken_is_left_out_and_keeps_its_place() {
    let place = Place::start().await;
    let sealed = Sealer::new(place.vault.clone(), place.clock()).seal(&attribute(), b"words").await.unwrap();
    let mut damaged = sealed.as_bytes().to_vec();
    damaged[30] ^= 1;
    let (damaged, none) = (Sealed::new(damaged), Sealed::new(b"typed long ago".to_vec()));
    rotate(&place).await;
    let anew = rewrap(&place.vault, organization(1), &[&damaged, &sealed, &none]).await.unwrap();
    assert!(matches!(anew.as_slice(), [None, Some(_), None]), "{anew:?}");
    assert_eq!(key_version(&none), None);
}

#[tokio::test]
async fn another_organizations_key_wraps_nothing_anew() {
    let place = Place::start().await;
    let sealed = Sealer::new(place.vault.clone(), place.clock()).seal(&attribute(), b"words").await.unwrap();
    rotate(&place).await;
    assert_eq!(rewrap(&place.vault, organization(2), &[&sealed]).await.unwrap(), [None]);
    place.shut(true);
    assert!(matches!(rewrap(&place.vault, organization(1), &[&sealed]).await, Err(Failure::Unavailable(_))));
}
