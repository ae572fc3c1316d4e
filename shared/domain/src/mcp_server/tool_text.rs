//! Text of a stranger, made so that it can be shown: what it hides is seen to be hidden.

use crate::name::{is_unprintable, is_unseen};

/// The text in at most so many bytes, with `…` where it was cut; none where nothing of it would be seen.
///
/// Lines and tabs become spaces. What shows nothing, or changes how what follows is shown, becomes U+FFFD, a run of it one:
/// a text that speaks to models and not to people is told from one that does not.
pub(super) fn shown(text: &str, bytes_max: usize) -> Option<String> {
    let mut kept = String::new();
    for c in text.trim().chars() {
        let c = match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_unprintable(c) || is_unseen(c) || is_private(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        };
        if matches!(c, char::REPLACEMENT_CHARACTER | ' ') && kept.ends_with(c) {
            continue;
        }
        if kept.len() + c.len_utf8() > bytes_max {
            while kept.len() + '…'.len_utf8() > bytes_max {
                kept.pop();
            }
            kept.push('…');
            break;
        }
        kept.push(c);
    }
    Some(kept).filter(|kept| !kept.is_empty())
}

/// Private characters mean what a font says.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_hidden_in_a_text_is_seen_to_be_there() {
        for (text, kept) in [
            ("Adds two numbers.", Some("Adds two numbers.")),
            ("  two\r\n\tlines ", Some("two lines")),
            ("safe\u{202e}evil", Some("safe\u{fffd}evil")),
            ("a\u{200b}\u{200d}\u{feff}b", Some("a\u{fffd}b")),
            ("bell\u{7}\u{1b}[31m", Some("bell\u{fffd}[31m")),
            ("tags\u{e0049}\u{e0047}\u{e004e}", Some("tags\u{fffd}")),
            ("\u{2066}\u{2069}", Some("\u{fffd}")),
            ("\u{f8ff}", Some("\u{fffd}")),
            ("Größe 大小 🙂", Some("Größe 大小 🙂")),
            (" \n ", None),
        ] {
            assert_eq!(shown(text, 100).as_deref(), kept, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_shows_it() {
        assert_eq!(shown("0123456789", 10).as_deref(), Some("0123456789"));
        assert_eq!(shown("0123456789a", 10).as_deref(), Some("0123456…"));
        assert_eq!(shown("ääääää", 10).as_deref(), Some("äää…"));
    }

    proptest! {
        #[test]
        fn nothing_that_is_kept_hides_anything_or_is_too_long(text in any::<String>(), most in 3_usize..50) {
            let kept = shown(&text, most).unwrap_or_default();
            prop_assert!(kept.len() <= most);
            prop_assert!(!kept.chars().any(|c| is_unprintable(c) || is_unseen(c)));
        }
    }
}
