//! Which passwords nobody may choose.

use std::sync::LazyLock;

use crate::pattern;

/// The fewest and the most characters of a password.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=256;

/// The embedded list; its first lines name its sources.
static COMMON: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// Whether a password is refused: not 12 to 256 characters (Unicode scalar values as they came, nothing composed), a
/// common password in any case, such a word before fewer than 12 digits and signs or repeated, or nothing but a short
/// pattern or runs along an alphabet or a keyboard.
///
/// Costs some microseconds, the first call a millisecond.
#[must_use]
pub fn is_weak(password: &str) -> bool {
    if !LENGTHS.contains(&password.chars().take(LENGTHS.end() + 1).count()) {
        return true;
    }
    let lower = password.to_lowercase();
    is_listed(&lower) || is_decorated(&lower) || is_repeated(&lower) || pattern::is_runs(&lower)
}

/// A listed word and a tail of digits and signs that could not stand alone, such as `password1234!`.
fn is_decorated(lower: &str) -> bool {
    let word = lower.trim_end_matches(|last: char| !last.is_alphabetic());
    let tail = lower.strip_prefix(word).unwrap_or_default();
    // The tail has no letter, so this goes one step down and no further.
    is_listed(word) && is_weak(tail)
}

/// One piece again and again, at most four characters long or listed, such as `ab12ab12ab12` or `monkeymonkey`.
fn is_repeated(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    (1..=chars.len() / 2)
        .filter(|period| chars.iter().zip(chars.iter().skip(*period)).all(|(one, other)| one == other))
        .any(|period| period <= 4 || is_listed(&chars.iter().take(period).collect::<String>()))
}

fn is_listed(lower: &str) -> bool {
    COMMON.binary_search(&lower).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_people_can_keep_are_accepted() {
        for password in [
            "velvet-Orchard-31",
            "violet-harbour-7341",
            "483920175566",
            "739204815562347",
            "004839201755",
            "=SUM(12,30)+violet",
            "copper-Window-58",
            "two  spaces  inside",
            "пароль-книга",
            "dragon483920175566",
            "abcdefgh-Orchard",
        ] {
            assert!(!is_weak(password), "{password}");
        }
    }

    #[test]
    fn common_passwords_are_refused_in_any_case_and_with_any_tail() {
        for password in [
            "Password1234!",
            "PASSWORD20242024",
            "Administrator",
            "administrator-1",
            "TheCakeIsALie",
            "p@ssw0rd12345",
            "correct horse battery staple",
            "Welcome2024!!!",
            "monkeyMONKEY",
        ] {
            assert!(is_weak(password), "{password}");
        }
    }

    #[test]
    fn patterns_and_runs_are_refused() {
        for password in [
            "aaaaaaaaaaaa",
            "            ",
            "abcabcabcabca",
            "Ab1!aB1!Ab1!",
            "123456789012",
            "987654321098",
            "abcdefghijkl",
            "qwertyuiop[]",
            "qwertyASDFGH12",
            "111222333444",
            "йцукенгшщзхъ",
            "123456654321",
        ] {
            assert!(is_weak(password), "{password}");
        }
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(is_weak("kjw-72-фыд"), "10 characters, 13 bytes");
        assert!(is_weak("książka-72ż"), "11 characters, 14 bytes");
        assert!(!is_weak("książka-72żu"));
        let long: String = "velvet-Orchard-31".chars().cycle().take(256).collect();
        assert!(!is_weak(&long));
        assert!(is_weak(&format!("{long}x")));
    }

    #[test]
    fn the_list_is_sorted_lower_case_and_small() {
        assert!(COMMON.is_sorted(), "a binary search would miss entries");
        assert!(COMMON.iter().all(|word| *word == word.to_lowercase() && (5..=40).contains(&word.len())));
        assert!(COMMON.len() > 3000);
        assert!(include_str!("common.txt").len() <= 40_000);
    }

    proptest::proptest! {
        #[test]
        fn random_digits_are_not_taken_for_a_pattern(digits in "[0-9]{12}", letters in "[g-z]{14}") {
            let distinct = |text: &str| text.chars().collect::<std::collections::BTreeSet<_>>().len();
            let triples = |text: &str| text.as_bytes().windows(3).any(|w| w[0].abs_diff(w[1]) < 2 && w[1].abs_diff(w[2]) < 2);
            proptest::prop_assume!(distinct(&digits) > 4 && !triples(&digits) && !digits.contains("90"));
            proptest::prop_assert!(!is_weak(&digits));
            let long = format!("a-{letters}-{digits}");
            proptest::prop_assert!(!is_weak(&long));
        }
    }
}
