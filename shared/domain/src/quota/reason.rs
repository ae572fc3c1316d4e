//! Why somebody asks for tokens or gives them, in their own words.

use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::Rejected;
use crate::name::{folded, is_unprintable};
use crate::sealed::Sealed;

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

/// A reason as it is stored: sealed, or as it was typed where that was before reasons were sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum KeptReason {
    /// Text, of earlier.
    AsTyped(Reason),
    /// What only the organization's key opens.
    Sealed(Sealed),
}

/// What is stored as text was typed, and bytes are sealed, whatever they would mean as text.
impl<'de> Deserialize<'de> for KeptReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsStored)
    }
}

struct AsStored;

impl<'de> Visitor<'de> for AsStored {
    type Value = KeptReason;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reason, or sealed bytes")
    }

    fn visit_str<E: de::Error>(self, typed: &str) -> Result<KeptReason, E> {
        Reason::try_from(typed.to_owned()).map(KeptReason::AsTyped).map_err(E::custom)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<KeptReason, E> {
        Ok(KeptReason::Sealed(Sealed::new(bytes.to_vec())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<KeptReason, A::Error> {
        Sealed::deserialize(SeqAccessDeserializer::new(list)).map(KeptReason::Sealed)
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
    fn a_reason_that_was_stored_before_reasons_were_sealed_stays_readable() {
        let read = |json: &str| serde_json::from_str::<KeptReason>(json);
        let typed = Reason::try_from("for the merger".to_owned()).unwrap();
        assert_eq!(read("\"for the merger\"").unwrap(), KeptReason::AsTyped(typed));
        assert_eq!(read("[1,2,3]").unwrap(), KeptReason::Sealed(Sealed::new(vec![1, 2, 3])));
        assert!(read("\"\"").is_err() && read("7").is_err());
        let bytes = serde::de::value::BytesDeserializer::<de::value::Error>::new(b"words");
        assert_eq!(KeptReason::deserialize(bytes).unwrap(), KeptReason::Sealed(Sealed::new(b"words".to_vec())));
    }

    #[test]
    fn a_reason_does_not_show_itself_where_things_are_printed() {
        let reason = Reason::try_from("for the merger".to_owned()).unwrap();
        assert_eq!(format!("{reason:?}"), "Reason of 14 characters");
    }
}
