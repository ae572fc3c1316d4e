//! What opens, and what does not.

use domain::sealed::{Attribute, Sealed};
use seal::{Failure, Sealer};

use crate::place::{Place, attribute, organization};

const WORDS: &[u8] = b"the merger with Initech closes on Friday";

async fn sealed(place: &Place) -> (Sealer, Sealed) {
    let seal = Sealer::new(place.vault.clone(), place.clock());
    let sealed = seal.seal(&attribute(), WORDS).await.unwrap();
    (seal, sealed)
}

#[tokio::test]
async fn what_is_sealed_opens_also_elsewhere_and_shows_nothing_of_itself() {
    let place = Place::start().await;
    let (seal, sealed) = sealed(&place).await;
    assert_eq!(seal.open(&attribute(), &sealed).await.unwrap(), WORDS);
    let elsewhere = Sealer::new(place.vault.clone(), place.clock());
    assert_eq!(elsewhere.open(&attribute(), &sealed).await.unwrap(), WORDS);
    assert!(!sealed.as_bytes().windows(4).any(|part| WORDS.windows(4).any(|words| words == part)));
    assert_eq!(sealed.as_bytes().len(), WORDS.len() + 94);
    let again = seal.seal(&attribute(), WORDS).await.unwrap();
    assert_ne!(again, sealed, "a nonce was used twice");
}

#[tokio::test]
async fn also_nothing_and_much_can_be_sealed() {
    let place = Place::start().await;
    let (seal, _) = sealed(&place).await;
    for content in [Vec::new(), vec![7; 400_000]] {
        let sealed = seal.seal(&attribute(), &content).await.unwrap();
        assert_eq!(seal.open(&attribute(), &sealed).await.unwrap(), content);
    }
}

#[tokio::test]
async fn what_was_moved_to_another_organization_table_key_or_attribute_does_not_open() {
    let place = Place::start().await;
    let (seal, sealed) = sealed(&place).await;
    let moved = [
        Attribute { organization: organization(2), ..attribute() },
        Attribute { table: "tenants2".to_owned(), ..attribute() },
        Attribute { pk: format!("{}#TOPUPS", organization(1)), ..attribute() },
        Attribute { sk: "qrq_2".to_owned(), ..attribute() },
        Attribute { name: "note", ..attribute() },
    ];
    for elsewhere in moved {
        let opened = seal.open(&elsewhere, &sealed).await;
        assert!(matches!(opened, Err(Failure::Unreadable | Failure::Refused(_))), "{elsewhere:?}: {opened:?}");
    }
}

#[tokio::test]
async fn no_bit_can_be_turned() {
    let place = Place::start().await;
    let (seal, sealed) = sealed(&place).await;
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = seal.open(&attribute(), &Sealed::new(bytes)).await;
        assert!(matches!(opened, Err(Failure::Unreadable | Failure::Refused(_))), "bit {bit}: {opened:?}");
    }
}

#[tokio::test]
async fn what_is_cut_short_empty_longer_or_of_another_version_does_not_open() {
    let place = Place::start().await;
    let (seal, sealed) = sealed(&place).await;
    let whole = sealed.as_bytes();
    let mut odd: Vec<Vec<u8>> = (0..whole.len()).map(|length| whole[..length].to_vec()).collect();
    odd.push([whole, &[0]].concat());
    odd.extend([0, 2, 255].map(|version| [&[version], &whole[1..]].concat()));
    odd.push(WORDS.to_vec());
    for bytes in odd {
        let length = bytes.len();
        let opened = seal.open(&attribute(), &Sealed::new(bytes)).await;
        assert!(matches!(opened, Err(Failure::Unreadable | Failure::Refused(_))), "{length} bytes: {opened:?}");
    }
}

#[tokio::test]
async fn a_failure_shows_nothing_of_the_content_and_is_a_fault_of_ours() {
    let place = Place::start().await;
    let (seal, sealed) = sealed(&place).await;
    let elsewhere = Attribute { sk: "qrq_2".to_owned(), ..attribute() };
    let failure = seal.open(&elsewhere, &sealed).await.unwrap_err();
    let shown = format!("{failure} {failure:?} {sealed:?} {:?}", domain::Error::from(failure.clone()));
    assert!(!shown.contains("merger") && !shown.contains("qrq_"), "{shown}");
    assert_eq!(domain::Error::from(failure).code(), domain::Code::Internal);
}
