use domain::id::OrganizationId;
use proptest::prelude::*;

use super::*;

fn attribute(table: &str, pk: &str, sk: &str) -> Attribute {
    let (organization, name) = (OrganizationId::from_parts(1, 1), "reason");
    Attribute { organization, table: table.to_owned(), pk: pk.to_owned(), sk: sk.to_owned(), name }
}

/// What is stored must stay readable: this form is compared byte by byte, not with what wrote it.
#[test]
fn the_first_form_stays_as_it_was_written_down() {
    let bytes = [vec![1, 0, 0, 1, 2, 3], b"key".to_vec(), vec![9; 12], b"ciphertext and tag".to_vec()].concat();
    let wrapped = Wrapped { version: 258, bytes: b"key".to_vec() };
    let parts = Parts { wrapped, nonce: &[9; 12], ciphertext: b"ciphertext and tag" };
    assert_eq!(Parts::read(&bytes).unwrap(), parts);
    assert_eq!(parts.write(), bytes);
    let bound = associated(&attribute("t", "p#", "s"));
    let lengths = |part: &str| [vec![0; 7], vec![u8::try_from(part.len()).unwrap()], part.into()].concat();
    let organization = OrganizationId::from_parts(1, 1).to_string();
    let parts = [organization.as_str(), "t", "p#", "s", "reason"].map(lengths);
    assert_eq!(bound, [vec![1], parts.concat()].concat());
}

#[test]
fn what_vault_wrapped_comes_back_as_it_was_and_nothing_else_is_taken() {
    for text in ["vault:v1:AAECAw==", "vault:v4294967295:AAECAwQF"] {
        assert_eq!(Wrapped::from_vault(text).unwrap().to_vault(), text);
    }
    let long = format!("vault:v1:{}", STANDARD.encode([0; 256]));
    for odd in [
        "",
        "vault:v1",
        "vault:v:AAEC",
        "vault:v0:AAEC",
        "vault:v01:AAEC",
        "vault:v1:AAE",
        "vault:v1:A*EC",
        "AAEC",
        &long,
    ] {
        assert!(Wrapped::from_vault(odd).is_none(), "{odd:?} was taken");
    }
}

#[test]
fn what_is_too_short_or_of_another_version_is_no_form() {
    let parts = Parts { wrapped: Wrapped { version: 1, bytes: vec![5; 60] }, nonce: &[0; 12], ciphertext: &[] };
    let whole = parts.write();
    assert!(Parts::read(&whole).is_some());
    for length in 0..whole.len() {
        assert!(Parts::read(&whole[..length]).is_none(), "{length} bytes were taken");
    }
    for version in [0, 2, 255] {
        assert!(Parts::read(&[&[version], &whole[1..]].concat()).is_none());
    }
    assert!(Parts::read(&[&[1, 0, 0, 0, 0], &whole[5..]].concat()).is_none(), "version 0 of the organization's key");
}

proptest! {
    #[test]
    fn no_two_attributes_are_bound_alike(one in ["[ab#]{0,3}", "[ab#]{0,3}", "[ab#]{0,3}"], other in ["[ab#]{0,3}", "[ab#]{0,3}", "[ab#]{0,3}"]) {
        let bound = |[table, pk, sk]: &[String; 3]| associated(&attribute(table, pk, sk));
        prop_assert_eq!(one == other, bound(&one) == bound(&other));
    }
}
