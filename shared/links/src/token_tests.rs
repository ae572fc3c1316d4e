//! Tokens against what another implementation computed, and against whoever changes a character.

use domain::id::{InvitationId, OrganizationId, UserId};
use proptest::prelude::*;

use super::*;
use crate::LinkKey;

fn key(first: u8) -> LinkKey {
    LinkKey::new(&(first..first + 32).collect::<Vec<_>>()).unwrap()
}

fn links() -> impl Strategy<Value = Link> {
    let parts = (0..1_u64 << 48, 0..1_u128 << 80, 0..1_u128 << 80);
    (parts, 0..4_u8).prop_map(|((millis, random, other), purpose)| {
        let user = UserId::from_parts(millis, random);
        match purpose {
            0 => Link::Invitation {
                organization: OrganizationId::from_parts(millis, random),
                invitation: InvitationId::from_parts(millis, other),
            },
            1 => Link::Verification(user),
            2 => Link::PasswordReset(user),
            _ => Link::EmailChange(user),
        }
    })
}

fn prove(text: &str) -> Option<(Link, u64)> {
    let proof = key(0).prove(&LinkToken::read(text)?)?;
    Some((proof.link, proof.version))
}

#[test]
fn a_token_is_signed_as_another_hmac_signs_it() {
    // hmac.new(bytes(range(32)), b'links/v1\0v_00000000010000000000000002_3', sha256) in Python.
    let token = key(0).token(Link::Verification(UserId::from_parts(1, 2)), 3);
    assert_eq!(token.text(), "apl_v_00000000010000000000000002_3_41IdpI2x-z5aqPLiqE8UikLxcOXhypqzBzYASBbW-D4");
}

#[test]
fn an_address_carries_the_token_behind_the_page_where_no_server_sees_it() {
    let user = UserId::from_parts(1, 2);
    let invitation =
        Link::Invitation { organization: OrganizationId::from_parts(1, 2), invitation: InvitationId::from_parts(3, 4) };
    let portal = PublicUrl::try_from("https://portal.example.com/".to_owned()).unwrap();
    for (link, page) in [
        (invitation, "invitation"),
        (Link::Verification(user), "verify"),
        (Link::PasswordReset(user), "reset"),
        (Link::EmailChange(user), "email-change"),
    ] {
        let token = key(0).token(link, 1);
        assert_eq!(token.url(&portal), format!("https://portal.example.com/{page}#token={}", token.text()));
    }
}

#[test]
fn a_short_key_is_refused() {
    assert!(LinkKey::new(&[1; 31]).is_err());
    assert!(LinkKey::new(&[1; 32]).is_ok());
}

#[test]
fn what_is_written_another_way_is_no_token() {
    let text = key(0).token(Link::Verification(UserId::from_parts(1_795_476_475_120, 2)), 3).text();
    for bad in [
        String::new(),
        "apl".to_owned(),
        "apl_v_x_1_y".to_owned(),
        text.replacen("apl", "aps", 1),
        text.replacen("_3_", "_03_", 1),
        text.replacen("_3_", "_+3_", 1),
        text.replacen("_3_", "__", 1),
        text.replacen("_3_", "_18446744073709551616_", 1),
        text.replacen("_v_", "_V_", 1),
        text.replacen("_v_", "_i_", 1),
        text.to_lowercase(),
        format!("{text}="),
        format!("{text} "),
        format!("{text}."),
    ] {
        assert!(LinkToken::read(&bad).is_none(), "{bad}");
    }
}

#[test]
fn no_other_character_at_any_place_leaves_the_token_proved() {
    let text = key(0).token(Link::Verification(UserId::from_parts(1_795_476_475_120, 2)), 3).text();
    for place in 0..text.len() {
        for other in (' '..='~').filter(|other| !text[place..].starts_with(*other)) {
            let changed = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            assert_eq!(prove(&changed), None, "{changed}");
        }
    }
}

proptest! {
    #[test]
    fn a_token_survives_being_written_and_read(link in links(), version: u64) {
        let text = key(0).token(link, version).text();
        prop_assert_eq!(prove(&text), Some((link, version)));
    }

    #[test]
    fn a_token_survives_what_mail_programs_do_to_addresses(link in links(), version: u64) {
        let text = key(0).token(link, version).text();
        prop_assert!(text.len() <= 124);
        prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)));
        prop_assert!(text.ends_with(|last: char| last.is_ascii_alphanumeric()));
    }

    #[test]
    fn a_token_with_any_changed_character_proves_nothing(link in links(), version: u64, place: prop::sample::Index, other in "[A-Za-z0-9_.=-]") {
        let text = key(0).token(link, version).text();
        let place = place.index(text.len());
        let changed = format!("{}{other}{}", &text[..place], &text[place + 1..]);
        prop_assert_eq!(prove(&changed).is_some(), changed == text);
    }

    #[test]
    fn a_token_with_a_character_more_or_less_proves_nothing(link in links(), version: u64, place: prop::sample::Index, other in "[A-Za-z0-9_.=-]") {
        let text = key(0).token(link, version).text();
        let place = place.index(text.len());
        prop_assert_eq!(prove(&format!("{}{}", &text[..place], &text[place + 1..])), None);
        prop_assert_eq!(prove(&format!("{}{other}{}", &text[..place], &text[place..])), None);
    }

    #[test]
    fn the_proof_of_one_link_and_version_never_proves_another(one in links(), other in links(), versions: (u64, u64)) {
        let (one, other) = (key(0).token(one, versions.0), key(0).token(other, versions.1));
        let mixed = LinkToken::new(other.parts().0, other.parts().1, *one.parts().2);
        let same = one.text() == other.text();
        prop_assert_eq!(key(0).prove(&mixed).is_some(), same);
    }

    #[test]
    fn the_proof_of_one_version_never_proves_another(link in links(), one: u64, other: u64) {
        let mixed = LinkToken::new(link, other, *key(0).token(link, one).parts().2);
        prop_assert_eq!(key(0).prove(&mixed).is_some(), one == other);
    }

    #[test]
    fn the_proof_of_one_purpose_never_proves_another_for_the_same_person(millis in 0..1_u64 << 48, version: u64) {
        let user = UserId::from_parts(millis, 7);
        let all = [Link::Verification(user), Link::PasswordReset(user), Link::EmailChange(user)];
        for one in all {
            for other in all {
                let signed = key(0).token(one, version);
                let mixed = LinkToken::new(other, version, *signed.parts().2);
                prop_assert_eq!(key(0).prove(&mixed).is_some(), one == other);
            }
        }
    }

    #[test]
    fn another_key_proves_nothing(link in links(), version: u64) {
        prop_assert!(key(1).prove(&key(0).token(link, version)).is_none());
    }

    #[test]
    fn no_text_whatever_is_mistaken_for_a_token(text in "\\PC{0,140}") {
        prop_assert!(LinkToken::read(&text).is_none());
    }
}
