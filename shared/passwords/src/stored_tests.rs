//! What is stored, against values that other implementations computed.

use argon2::PasswordHasher;

use super::*;

fn keys(first: u8) -> Keys {
    Keys::new(&(first..first + 32).collect::<Vec<_>>()).unwrap()
}

fn stored(text: &str) -> Result<Stored, Rejected> {
    Stored::try_from(text.to_owned())
}

#[test]
fn a_chosen_password_is_hashed_as_the_reference_library_hashes_it() {
    // Computed with argon2-cffi, which wraps the reference implementation in C.
    let counted = std::array::from_fn(|place| u8::try_from(place).unwrap());
    assert_eq!(
        String::from(hash_chosen("velvet-Orchard-31", counted)),
        "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$du4r3JMW5n62RkRETunEoeeVi+/UdQo0zSBg7pbXxdA"
    );
    assert_eq!(
        String::from(hash_chosen("пароль-книга", [0xff; 16])),
        "$argon2id$v=19$m=19456,t=2,p=1$/////////////////////w$SZn9vuC8pDPb/2YtBaTfbEoLa5CDmDD8T/sRiAIWSOg"
    );
}

#[test]
fn a_temporary_password_is_hashed_as_another_hmac_hashes_it() {
    // hmac.new(bytes(range(32)), b'passwords/temporary/v1\0kx7m-aaaa', sha256) in Python.
    let hash = hash_temporary("kx7m-aaaa", &keys(0));
    assert_eq!(String::from(hash), "$hmac-sha256$v=1$cxalBNFtw8Mgy+QJF8TRA8wuTZKpDxFxNccKxDOflg8");
}

#[test]
fn only_the_password_itself_opens_a_chosen_hash() {
    let hash = hash_chosen("velvet-Orchard-31", [1; 16]);
    assert_eq!(hash.verify("velvet-Orchard-31", None), Verdict::Right);
    assert_eq!(hash.verify("velvet-Orchard-31", Some(&keys(0))), Verdict::Right);
    assert_eq!(hash.verify("velvet-Orchard-3", None), Verdict::Wrong);
    assert_eq!(hash.verify("", None), Verdict::Wrong);
    assert!(!hash.is_temporary());
}

#[test]
fn a_temporary_hash_opens_with_its_password_and_its_key_only() {
    let hash = hash_temporary("kx7m-aaaa", &keys(0));
    assert_eq!(hash.verify("kx7m-aaaa", Some(&keys(0))), Verdict::Right);
    assert_eq!(hash.verify("kx7m-aaab", Some(&keys(0))), Verdict::Wrong);
    assert_eq!(hash.verify("kx7m-aaaa", Some(&keys(1))), Verdict::Wrong);
    assert_eq!(hash.verify("kx7m-aaaa", None), Verdict::NeedsKeys);
    assert!(hash.is_temporary());
}

#[test]
fn a_hash_of_lower_or_higher_cost_is_verified_at_its_own_cost() {
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 3, 2, Some(16)).unwrap());
    let text = cheap.hash_password_with_salt(b"velvet-Orchard-31", &[2; 16]).unwrap().to_string();
    assert_eq!(stored(&text).unwrap().verify("velvet-Orchard-31", None), Verdict::Right);
}

#[test]
fn what_is_not_a_known_kind_cannot_be_read() {
    let good = String::from(hash_chosen("velvet-Orchard-31", [3; 16]));
    for text in [
        String::new(),
        "velvet-Orchard-31".to_owned(),
        good.replace("argon2id", "argon2i"),
        good.replace("argon2id", "scrypt"),
        good.replace("v=19", "v=16"),
        good.replace("m=19456", "m=999999"),
        good.replace("t=2", "t=17"),
        good.rsplit_once('$').unwrap().0.to_owned(),
        "$hmac-sha256$v=2$cxalBNFtw8Mgy+QJF8TRA8wuTZKpDxFxNccKxDOflg8".to_owned(),
        "$hmac-sha256$v=1$cxalBNFtw8Mgy+QJF8TR".to_owned(),
        "$hmac-sha256$v=1$".to_owned(),
    ] {
        assert!(stored(&text).is_err(), "{text}");
    }
    assert!(stored(&good).is_ok());
}

#[test]
fn nothing_opens_a_locked_account() {
    let locked = stored(LOCKED).unwrap();
    assert_eq!(locked.verify("", None), Verdict::Wrong);
    assert_eq!(locked.verify(LOCKED, Some(&keys(0))), Verdict::Wrong);
}

#[test]
fn a_hash_travels_as_its_text_and_does_not_show_in_logs() {
    let hash = hash_temporary("kx7m-aaaa", &keys(0));
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(json, "\"$hmac-sha256$v=1$cxalBNFtw8Mgy+QJF8TRA8wuTZKpDxFxNccKxDOflg8\"");
    assert_eq!(serde_json::from_str::<Stored>(&json).unwrap(), hash);
    assert!(serde_json::from_str::<Stored>("\"md5:0cc175b9c0f1b6a831c399e269772661\"").is_err());
    assert_eq!(format!("{hash:?}"), "Stored(temporary)");
}

#[test]
fn a_short_key_is_refused() {
    assert!(Keys::new(&[1; 31]).is_err());
    assert!(Keys::new(&[1; 32]).is_ok());
}
