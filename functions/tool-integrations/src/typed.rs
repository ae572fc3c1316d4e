//! A secret as somebody typed it.

use domain::{Code, Error, Result};
use serde::Deserialize;
use vault::Secret;
use zeroize::Zeroizing;

const BYTES_MAX: usize = 4_096;

/// Wiped when dropped; no `Debug`, no serialisation.
#[derive(Deserialize)]
#[serde(from = "String")]
pub(crate) struct Typed(Zeroizing<String>);

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Typed {
    /// What is stored of it: 1 to 4,096 visible ASCII characters.
    ///
    /// # Errors
    /// [`Code::Invalid`] at `pointer` for anything else.
    pub(crate) fn secret(&self, pointer: &str) -> Result<Secret> {
        self.checked(pointer, "must be 1 to 4096 visible ASCII characters", |_| false)
    }

    /// The same with spaces inside, as in `Bearer …`.
    ///
    /// # Errors
    /// [`Code::Invalid`] at `pointer` for anything else.
    pub(crate) fn spaced_secret(&self, pointer: &str) -> Result<Secret> {
        let words = "must be 1 to 4096 visible ASCII characters, and spaces inside";
        let Self(text) = self;
        let is_inside = text.trim_matches(' ').len() == text.len();
        self.checked(pointer, words, |byte| byte == b' ' && is_inside)
    }

    fn checked(&self, pointer: &str, words: &'static str, or: impl Fn(u8) -> bool) -> Result<Secret> {
        let Self(text) = self;
        let is_fine = text.bytes().all(|byte| byte.is_ascii_graphic() || or(byte));
        if (1..=BYTES_MAX).contains(&text.len()) && is_fine {
            Ok(Secret::new(text.as_bytes().to_vec()))
        } else {
            Err(Error::new(Code::Invalid, words).at(pointer.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_of_visible_characters_and_spaces_stand_only_where_they_may() {
        let typed = |text: &str| Typed::from(text.to_owned());
        let (plain, spaced) =
            (|text: &str| typed(text).secret("/a").is_ok(), |text: &str| typed(text).spaced_secret("/a").is_ok());
        assert!(plain("sk-1") && spaced("sk-1") && spaced("Bearer sk-1") && !plain("Bearer sk-1"));
        for text in ["", " ", " sk", "sk ", "sk\n", "sk\r\nx: 1", "sk\0", "schlüssel", "sk\t1", &"k".repeat(4_097)] {
            assert!(!plain(text) && !spaced(text), "{text:?}");
        }
        assert_eq!(typed("").secret("/a").err().unwrap().pointer(), Some("/a"));
    }
}
