//! Data keys: how often Vault is asked, and what happens without it.

use domain::Code;
use domain::sealed::{Attribute, Sealed};
use futures::future::join_all;
use seal::{Failure, Sealer};

use crate::place::{Place, attribute, organization};

/// So few that `join_all` lets all of them begin before it waits for any.
const CALLERS: usize = 24;

fn seal(place: &Place) -> Sealer {
    Sealer::new(place.vault.clone(), place.clock())
}

async fn sealed(place: &Place) -> Sealed {
    let sealed = seal(place).seal(&attribute(), b"words").await.unwrap();
    place.asked();
    sealed
}

#[tokio::test]
async fn many_that_seal_at_once_ask_vault_once() {
    let place = Place::start().await;
    let seal = seal(&place);
    let at = attribute();
    let all = join_all((0..CALLERS).map(|_| seal.seal(&at, b"words"))).await;
    assert_eq!(place.asked(), 1);
    for sealed in all {
        assert_eq!(seal.open(&at, &sealed.unwrap()).await.unwrap(), b"words");
    }
    assert_eq!(place.asked(), 0, "a key that was made to seal opens what it sealed");
}

#[tokio::test]
async fn many_that_open_at_once_ask_vault_once() {
    let place = Place::start().await;
    let (sealed, seal, at) = (sealed(&place).await, seal(&place), attribute());
    for opened in join_all((0..CALLERS).map(|_| seal.open(&at, &sealed))).await {
        assert_eq!(opened.unwrap(), b"words");
    }
    assert_eq!(place.asked(), 1);
}

#[tokio::test]
async fn whoever_gives_up_waiting_stops_nobody_else() {
    let place = Place::start().await;
    let (seal, at) = (seal(&place), attribute());
    let (mut first, second) = (Box::pin(seal.seal(&at, b"words")), seal.seal(&at, b"words"));
    assert!(futures::poll!(&mut first).is_pending());
    let gone = async { drop(first) };
    assert!(futures::join!(second, gone).0.is_ok());
    assert_eq!(place.asked(), 1);
    let elsewhere = Attribute { organization: organization(2), ..at };
    let mut alone = Box::pin(seal.seal(&elsewhere, b"words"));
    assert!(futures::poll!(&mut alone).is_pending());
    drop(alone);
    assert!(seal.seal(&elsewhere, b"words").await.is_ok());
}

#[tokio::test]
async fn one_answer_that_vault_cannot_is_for_all_who_wait_and_for_nobody_later() {
    let place = Place::start().await;
    let (seal, at) = (seal(&place), attribute());
    place.shut(true);
    for outcome in join_all((0..CALLERS).map(|_| seal.seal(&at, b"words"))).await {
        assert!(matches!(outcome, Err(Failure::Unavailable(_))));
    }
    assert_eq!(place.asked(), 1);
    place.shut(false);
    assert!(seal.seal(&at, b"words").await.is_ok());
    assert_eq!(place.asked(), 1);
}

#[tokio::test]
async fn without_vault_a_key_at_hand_does_and_another_is_a_503_with_a_time() {
    let place = Place::start().await;
    let (seal, at) = (seal(&place), attribute());
    let kept = seal.seal(&at, b"words").await.unwrap();
    let foreign = sealed(&place).await;
    place.shut(true);
    assert_eq!(seal.open(&at, &kept).await.unwrap(), b"words");
    let more = seal.seal(&at, b"more words").await.unwrap();
    assert_eq!(seal.open(&at, &more).await.unwrap(), b"more words");
    let elsewhere = Attribute { organization: organization(2), ..at.clone() };
    let refusals = [seal.open(&at, &foreign).await.unwrap_err(), seal.seal(&elsewhere, b"x").await.unwrap_err()];
    for refusal in refusals.map(domain::Error::from) {
        assert_eq!((refusal.code(), refusal.retry_after_seconds()), (Code::Unavailable, Some(2)));
    }
}

#[tokio::test]
async fn a_key_is_kept_for_five_minutes_after_it_was_asked_for_and_use_does_not_prolong_it() {
    let place = Place::start().await;
    let (sealed, seal, at) = (sealed(&place).await, seal(&place), attribute());
    seal.open(&at, &sealed).await.unwrap();
    let first = seal.seal(&at, b"words").await.unwrap();
    assert_eq!(place.asked(), 2);
    place.pass(299);
    seal.open(&at, &sealed).await.unwrap();
    seal.seal(&at, b"words").await.unwrap();
    assert_eq!(place.asked(), 0);
    place.pass(1);
    seal.open(&at, &sealed).await.unwrap();
    let second = seal.seal(&at, b"words").await.unwrap();
    assert_eq!(place.asked(), 2);
    assert_ne!(first.as_bytes()[..66], second.as_bytes()[..66], "sealed with a data key whose time was over");
}

#[tokio::test]
async fn once_the_organizations_key_is_destroyed_nothing_opens_after_five_minutes() {
    let place = Place::start().await;
    let (seal, at) = (seal(&place), attribute());
    let sealed = seal.seal(&at, b"words").await.unwrap();
    place.vault.destroy_organization_key(&at.organization.to_string()).await.unwrap();
    place.pass(300);
    assert!(matches!(seal.open(&at, &sealed).await, Err(Failure::Refused(_))));
    assert!(matches!(seal.seal(&at, b"words").await, Err(Failure::Refused(_))));
    place.vault.create_organization_key(&at.organization.to_string()).await.unwrap();
    assert!(
        matches!(seal.open(&at, &sealed).await, Err(Failure::Refused(_))),
        "a new key opened what an old one sealed"
    );
}

#[tokio::test]
async fn what_was_sealed_before_the_organizations_key_was_rotated_opens_after_it() {
    let place = Place::start().await;
    let (before, at) = (sealed(&place).await, attribute());
    vaultrs::transit::key::rotate(&place.server.admin, &place.server.transit, &at.organization.to_string())
        .await
        .unwrap();
    let after = sealed(&place).await;
    assert_eq!((before.as_bytes()[4], after.as_bytes()[4]), (1, 2), "the version that wraps the data key");
    for sealed in [before, after] {
        assert_eq!(seal(&place).open(&at, &sealed).await.unwrap(), b"words");
    }
}
