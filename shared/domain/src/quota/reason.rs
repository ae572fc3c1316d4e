//! Why somebody asks for tokens or gives them, in their own words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;
use crate::name::{folded, is_unprintable};

const CHARS_MAX: usize = 500;

/// 1 to 500 characters, also of several lines. Customers' content: it stands in no log and in no record, and `Debug` does
/// not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

impl Reason {
    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let words = raw.trim();
        let is_plain = |c: char| !is_unprintable(c) || matches!(c, '\n' | '\r' | '\t');
        let fits = words.chars().count() <= CHARS_MAX && words.chars().all(is_plain) && !folded(words).is_empty();
        fits.then(|| Self(words.to_owned())).ok_or(Rejected("must be 1 to 500 printable characters"))
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reason of {} characters", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_words_and_an_end() {
        let read = |text: &str| Reason::try_from(text.to_owned());
        assert_eq!(read("  month's end,\nas each year ").unwrap().as_str(), "month's end,\nas each year");
        assert!(read(&"é".repeat(500)).is_ok());
        for refused in ["", " \n ", &"é".repeat(501), "a\u{0}b", "a\u{1b}[2Jb", "\u{200b}", "a\u{202e}b"] {
            assert!(read(refused).is_err(), "{refused:?} was taken");
        }
    }

    #[test]
    fn a_reason_does_not_show_itself_where_things_are_printed() {
        let reason = Reason::try_from("for the merger".to_owned()).unwrap();
        assert_eq!(format!("{reason:?}"), "Reason of 14 characters");
    }
}
