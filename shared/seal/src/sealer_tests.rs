use super::*;

#[expect(dead_code, reason = "the tests in the folder need more of it")]
#[path = "../tests/seal/place.rs"]
mod place;

use place::{Place, attribute, organization};

const FEW: Room = Room { time: Duration::from_secs(300), keys: 4 };

fn data_key(sealed: &Sealed) -> Wrapped {
    Parts::read(sealed.as_bytes()).unwrap().wrapped
}

#[tokio::test]
async fn a_data_key_seals_no_more_messages_than_it_may() {
    let place = Place::start().await;
    let seal = Sealer::with(place.vault.clone(), place.clock(), ROOM, 3);
    let mut keys = Vec::new();
    for _ in 0..7 {
        let sealed = seal.seal(&attribute(), b"words").await.unwrap();
        assert_eq!(seal.open(&attribute(), &sealed).await.unwrap(), b"words");
        keys.push(data_key(&sealed));
    }
    assert_eq!(place.asked(), 3);
    let uses = |key: &Wrapped| keys.iter().filter(|used| *used == key).count();
    assert_eq!([uses(&keys[0]), uses(&keys[3]), uses(&keys[6])], [3, 3, 1]);
}

#[tokio::test]
async fn the_bound_holds_for_many_at_once() {
    let place = Place::start().await;
    let seal = Sealer::with(place.vault.clone(), place.clock(), ROOM, 3);
    let at = attribute();
    let all = futures::future::join_all((0..24).map(|_| seal.seal(&at, b"words"))).await;
    let keys: Vec<Wrapped> = all.into_iter().map(|sealed| data_key(&sealed.unwrap())).collect();
    assert!(keys.iter().all(|key| keys.iter().filter(|used| *used == key).count() == 3));
    assert_eq!(place.asked(), 8);
}

#[tokio::test]
async fn no_more_keys_are_kept_than_there_is_room_for_and_the_oldest_goes_first() {
    let place = Place::start().await;
    let at = attribute();
    let mut sealed = Vec::new();
    for _ in 0..5 {
        let other = Sealer::new(place.vault.clone(), place.clock());
        sealed.push(other.seal(&at, b"words").await.unwrap());
    }
    let seal = Sealer::with(place.vault.clone(), place.clock(), FEW, SEALS_MAX);
    place.asked();
    for sealed in &sealed {
        seal.open(&at, sealed).await.unwrap();
    }
    assert_eq!(place.asked(), 5);
    seal.open(&at, &sealed[1]).await.unwrap();
    assert_eq!(place.asked(), 0, "the second is still there");
    seal.open(&at, &sealed[0]).await.unwrap();
    assert_eq!(place.asked(), 1, "the first had to go");
}

#[tokio::test]
async fn keys_go_by_themselves_when_their_time_is_over() {
    let place = Place::start().await;
    let seal = Sealer::new(place.vault.clone(), place.clock());
    seal.seal(&attribute(), b"words").await.unwrap();
    let key = seal.key(&Wanted::ToSeal(organization(1))).await.unwrap_or_else(|failure| panic!("{failure}"));
    let weak = Arc::downgrade(&key);
    drop(key);
    assert!(weak.upgrade().is_some());
    place.pass(300);
    let elsewhere = Attribute { organization: organization(2), ..attribute() };
    seal.seal(&elsewhere, b"words").await.unwrap();
    assert!(weak.upgrade().is_none(), "a key outlived its time");
}
