use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;

use zeroize::Zeroize;

use super::*;
use crate::form::associated;

const MASK: u8 = 0xA5;

fn wrapped() -> Wrapped {
    Wrapped::from_vault("vault:v1:AAEC").unwrap()
}

fn fresh() -> Vec<u8> {
    let mut bytes = vec![0; 32];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    bytes
}

/// Only the associated data tells the organizations apart here: Vault would refuse before.
#[test]
fn the_tag_alone_binds_content_to_its_organization_table_key_and_attribute() {
    use domain::id::OrganizationId;
    use domain::sealed::Attribute;
    let key = DataKey::new(Secret::new(fresh()), wrapped(), 1).unwrap_or_else(|failure| panic!("{failure}"));
    let at = Attribute {
        organization: OrganizationId::from_parts(1, 1),
        table: "tenants".to_owned(),
        pk: "p".to_owned(),
        sk: "s".to_owned(),
        name: "reason",
    };
    let sealed = key.seal(&associated(&at), b"words").unwrap();
    let parts = Parts::read(&sealed).unwrap();
    assert_eq!(key.open(&associated(&at), &parts).unwrap(), b"words");
    let moved = [
        Attribute { organization: OrganizationId::from_parts(1, 2), ..at.clone() },
        Attribute { table: "tenants2".to_owned(), ..at.clone() },
        Attribute { pk: "p2".to_owned(), ..at.clone() },
        Attribute { sk: "s2".to_owned(), ..at.clone() },
        Attribute { name: "note", ..at.clone() },
    ];
    for elsewhere in moved {
        assert!(key.open(&associated(&elsewhere), &parts).is_err(), "{elsewhere:?}");
    }
}

#[test]
fn a_key_of_another_length_is_none() {
    for length in [0, 16, 31, 33] {
        assert!(DataKey::new(Secret::new(vec![1; length]), wrapped(), 1).is_err(), "{length} bytes");
    }
}

#[test]
fn a_key_that_was_only_opened_seals_nothing() {
    let key = DataKey::new(Secret::new(fresh()), wrapped(), 0).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(!key.take());
}

/// How often the bytes, given masked so that they are not found in themselves, stand in what this process may write.
fn found_in_memory(masked: &[u8]) -> usize {
    let mut maps = String::new();
    File::open("/proc/self/maps").unwrap().read_to_string(&mut maps).unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = vec![0; 1 << 20];
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_whitespace().next().unwrap().split_once('-').unwrap();
        let (mut from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        while from < to {
            buffer.zeroize();
            buffer.resize(1 << 20, 0);
            let Ok(read @ 1..) = memory.read_at(&mut buffer, from) else { break };
            let read = read.min(usize::try_from(to - from).unwrap());
            let is_there = |part: &&[u8]| part.iter().zip(masked).all(|(byte, masked)| byte ^ MASK == *masked);
            found += buffer[..read].windows(masked.len()).filter(is_there).count();
            from += u64::try_from(read).unwrap();
        }
    }
    buffer.zeroize();
    found
}

/// The first round keys of AES-256 are the key itself, so that this sees both the bytes and the library's context.
#[test]
fn nothing_of_a_key_stays_in_memory_once_it_is_dropped() {
    let bytes = fresh();
    let masked: Vec<u8> = bytes.iter().map(|byte| byte ^ MASK).collect();
    let key = DataKey::new(Secret::new(bytes), wrapped(), 1).unwrap_or_else(|failure| panic!("{failure}"));
    let sealed = key.seal(b"", b"words").unwrap();
    assert!(key.open(b"", &Parts::read(&sealed).unwrap()).is_ok());
    assert!(found_in_memory(&masked) > 0, "the search finds no key that is there");
    drop(key);
    assert_eq!(found_in_memory(&masked), 0);
}
