//! Temporary passwords: random, made for reading aloud and for typing once.

use zeroize::{Zeroize, Zeroizing};

/// No `i`, `l`, `o`, `0` or `1`: they are taken for each other. Letters come first.
const SYMBOLS: [u8; 31] = *b"abcdefghjkmnpqrstuvwxyz23456789";
/// How many of [`SYMBOLS`] are letters.
const LETTERS: u16 = 23;
const GROUPS: usize = 7;
const GROUP: usize = 4;

/// A temporary password of 138 random bits, such as `kx7m-w2pd-…`: seven groups of four, beginning with a letter, so
/// that no spreadsheet program takes it for a number or a formula.
///
/// The same bytes give the same password again; they must be unpredictable, all 32 of them.
#[must_use]
pub fn temporary_password(mut random: [u8; 32]) -> Zeroizing<String> {
    // Room for all of it: growing would leave copies behind.
    let mut password = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
    for place in 0..GROUPS * GROUP {
        if place > 0 && place % GROUP == 0 {
            password.push('-');
        }
        let choices = if place == 0 { LETTERS } else { 31 };
        password.push(symbol(divide(&mut random, choices)));
    }
    random.zeroize();
    password
}

/// Divides a 256-bit number in place and answers the remainder: each symbol takes its share of the bits, evenly.
fn divide(number: &mut [u8; 32], divisor: u16) -> u16 {
    number.iter_mut().fold(0, |rest, digit| {
        let value = rest * 256 + u16::from(*digit);
        // Below 256, because the rest is below the divisor.
        *digit = u8::try_from(value / divisor).unwrap_or_default();
        value % divisor
    })
}

fn symbol(index: u16) -> char {
    SYMBOLS.get(usize::from(index)).copied().map_or('a', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_give_the_same_password() {
        let counted = std::array::from_fn(|place| u8::try_from(place).unwrap());
        assert_eq!(*temporary_password(counted), "dda7-6nrd-8tp2-exdx-jksj-ru6h-3u2n");
        assert_eq!(*temporary_password([0xff; 32]), "h3fd-sqma-hdek-9mpv-6qu5-4ydd-2avr");
    }

    proptest::proptest! {
        #[test]
        fn it_is_readable_begins_with_a_letter_and_is_never_weak(random: [u8; 32]) {
            let password = temporary_password(random);
            let groups: Vec<&str> = password.split('-').collect();
            proptest::prop_assert!(groups.len() == 7 && groups.iter().all(|group| group.len() == 4));
            proptest::prop_assert!(password.starts_with(|first: char| first.is_ascii_lowercase()));
            proptest::prop_assert!(!password.contains(['i', 'l', 'o', '0', '1']));
            proptest::prop_assert!(!crate::is_weak(&password));
        }

        #[test]
        fn another_last_byte_gives_another_password(mut random: [u8; 32], last: u8) {
            proptest::prop_assume!(random[31] != last);
            let before = temporary_password(random);
            random[31] = last;
            proptest::prop_assert_ne!(before, temporary_password(random));
        }
    }

    #[test]
    fn every_symbol_is_about_equally_likely() {
        let mut seen = std::collections::BTreeMap::new();
        let mut mint = domain::Mint::new(domain::Timestamp::from_millis(0), [7; 32]);
        for _ in 0..2000 {
            for symbol in temporary_password(mint.bytes()).chars().skip(1).filter(|symbol| *symbol != '-') {
                *seen.entry(symbol).or_insert(0_u32) += 1;
            }
        }
        // 54,000 draws of 31 symbols: 1,742 each, and five standard deviations are 205.
        assert_eq!(seen.len(), 31);
        assert!(seen.values().all(|times| (1537..=1947).contains(times)), "{seen:?}");
    }
}
