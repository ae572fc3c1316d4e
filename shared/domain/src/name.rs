//! Names that people give: printable text of a limited length, compared ignoring case, width and invisible characters.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Rejected;

/// What a text is for, which decides what it may be.
pub trait Rule {
    /// The sentence of refusal.
    const REFUSAL: &'static str;
    /// Whether the trimmed text may stand.
    fn allows(text: &str) -> bool;
}

/// Trimmed text that its rule allows, kept as typed.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<R: Rule>(String, PhantomData<fn() -> R>);

/// The name of an organization, 1 to 120 characters; unique on the platform by its [`folded`] form.
pub type OrgName = Text<Named>;
/// The name of a project, use case or agent, 1 to 120 characters.
pub type ItemName = Text<Named>;
/// What a person is called, at most 120 characters; may be empty.
pub type DisplayName = Text<Called>;
/// What something is for, at most 2,000 characters; may be empty and have several lines.
pub type Description = Text<Described>;
/// A name for addresses: 1 to 60 of `a-z`, `0-9` and single `-` inside; unique on the platform.
pub type Slug = Text<Addressed>;

/// The rule of names that must be there.
pub enum Named {}
/// The rule of display names.
pub enum Called {}
/// The rule of descriptions.
pub enum Described {}
/// The rule of slugs.
pub enum Addressed {}

impl Rule for Named {
    const REFUSAL: &'static str = "must be 1 to 120 printable characters";
    fn allows(text: &str) -> bool {
        // What folds to nothing can neither be seen nor told apart. Nothing is folded to know it: who only reads names
        // then does without the tables of that.
        text.chars().count() <= 120 && !text.chars().any(is_unprintable) && text.chars().any(is_seen)
    }
}

impl Rule for Called {
    const REFUSAL: &'static str = "must be at most 120 printable characters";
    fn allows(text: &str) -> bool {
        text.chars().count() <= 120 && !text.chars().any(is_unprintable)
    }
}

impl Rule for Described {
    const REFUSAL: &'static str = "must be at most 2000 printable characters";
    fn allows(text: &str) -> bool {
        text.chars().count() <= 2000 && !text.chars().any(|c| is_unprintable(c) && !matches!(c, '\n' | '\r' | '\t'))
    }
}

impl Rule for Addressed {
    const REFUSAL: &'static str = "must be 1 to 60 of a-z, 0-9 and single hyphens inside";
    fn allows(text: &str) -> bool {
        let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        text.len() <= 60 && text.split('-').all(part)
    }
}

impl<R: Rule> Text<R> {
    /// The text as it was typed, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which names are compared and claimed.
    #[must_use]
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

impl Slug {
    /// The slug that a name suggests; a name without a Latin letter or digit suggests `org`. `mark` sets it apart
    /// where that is taken.
    #[must_use]
    pub fn of(name: &OrgName, mark: Option<&str>) -> Self {
        let mut stem = String::new();
        for c in name.0.nfkd().filter(char::is_ascii).map(|c| c.to_ascii_lowercase()).take(200) {
            match c {
                'a'..='z' | '0'..='9' if stem.len() < 40 => stem.push(c),
                _ if !stem.is_empty() && !stem.ends_with('-') => stem.push('-'),
                _ => {}
            }
        }
        let stem = Some(stem.trim_end_matches('-')).filter(|stem| !stem.is_empty()).unwrap_or("org");
        Self(mark.map_or_else(|| stem.to_owned(), |mark| format!("{stem}-{mark}")), PhantomData)
    }
}

/// The form in which names are compared and claimed: compatibility characters, case, runs of space and characters
/// that cannot be seen make no difference, so `Acme`, `ACME` and `Ａcme` are one name.
#[must_use]
pub fn folded(name: &str) -> String {
    let plain: String = name.nfkc().filter(|c| !is_unseen(*c)).collect();
    let cased: String = plain.to_uppercase().to_lowercase().nfkc().collect();
    cased.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether folding leaves anything of the character.
fn is_seen(c: char) -> bool {
    !c.is_whitespace() && !is_unseen(c)
}

/// Characters that show nothing, such as joiners and variation selectors: scripts need them, but names are not told
/// apart by them. Unicode's `Default_Ignorable_Code_Point` (16.0), and the Braille pattern without a dot.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Controls, line and paragraph separators, overrides of the writing direction, and what is no character at all.
pub(crate) fn is_unprintable(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}')
        || (code & 0xfffe) == 0xfffe
        || (0xfdd0..=0xfdef).contains(&code)
}

impl<R: Rule> TryFrom<String> for Text<R> {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let text = raw.trim();
        R::allows(text).then(|| Self(text.to_owned(), PhantomData)).ok_or(Rejected(R::REFUSAL))
    }
}

impl<R: Rule> From<Text<R>> for String {
    fn from(text: Text<R>) -> Self {
        text.0
    }
}

impl<R: Rule> fmt::Display for Text<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<R: Rule> fmt::Debug for Text<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<R: Rule> Clone for Text<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl Default for DisplayName {
    fn default() -> Self {
        Self(String::new(), PhantomData)
    }
}

impl Default for Description {
    fn default() -> Self {
        Self(String::new(), PhantomData)
    }
}

impl<R: Rule> PartialEq for Text<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<R: Rule> Eq for Text<R> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn org(name: &str) -> Result<OrgName, Rejected> {
        OrgName::try_from(name.to_owned())
    }

    #[test]
    fn names_of_all_scripts_are_kept_as_typed() {
        for name in [
            "Acme",
            "نورا بنت عبد الله",
            "می\u{200c}خواهم",
            "王小明",
            "👨\u{200d}👩\u{200d}👧 & Söhne",
            "İstanbul ıĞş",
            "=1+1",
        ] {
            assert_eq!(org(&format!(" {name}\u{a0}")).unwrap().as_str(), name);
        }
    }

    #[test]
    fn empty_invisible_long_and_deceiving_names_are_refused() {
        for name in [
            "",
            "  ",
            "\u{200b}\u{200b}",
            "\u{3164}",
            "\u{ffa0} \u{115f}",
            "\u{2800}",
            "\u{180b}\u{fe0f}\u{e0100}",
            "\u{e0061}",
            "a\u{0}b",
            "a\nb",
            "gpj.\u{202e}exe",
            "a\u{2066}b",
            "\u{ffff}",
            &"x".repeat(121),
        ] {
            assert!(org(name).is_err(), "{name:?} was taken");
        }
    }

    #[test]
    fn names_that_read_the_same_are_the_same() {
        for (one, other) in [
            ("Acme", "ACME"),
            ("Straße", "STRASSE"),
            ("Ａcme", "acme"),
            ("ac\u{200b}me", "acme"),
            ("Acme\u{fe0f}", "Acme"),
            ("Acme\u{e0061}", "Acme"),
            ("Ac\u{e01ef}me\u{180d}", "Acme"),
            ("A\u{206a}c\u{17b5}me", "Acme"),
            ("Acme\u{3164}", "Acme"),
            ("\u{ffa0}Acme \u{2800}", "Acme"),
            ("e\u{115f}\u{301}a", "éa"),
            ("a  b", "A B"),
            ("ﬁne", "FINE"),
            ("Éa", "e\u{301}A"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("Acme"), folded("Acne"));
    }

    #[test]
    fn a_character_folds_to_nothing_exactly_if_it_is_not_seen() {
        // Between and beyond these nothing is assigned but private characters.
        for c in ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{e0fff}') {
            assert_eq!(folded(c.encode_utf8(&mut [0; 4])).is_empty(), !is_seen(c), "{:?}", c.escape_unicode());
        }
    }

    #[test]
    fn a_slug_follows_from_the_name() {
        let slug = |name: &str, mark| Slug::of(&org(name).unwrap(), mark).to_string();
        assert_eq!(slug("Ácme & Söns, Ltd.", None), "acme-sons-ltd");
        assert_eq!(slug("王小明", None), "org");
        assert_eq!(slug("Acme", Some("7x")), "acme-7x");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,40}") {
            prop_assert_eq!(folded(&folded(&name)), folded(&name));
        }

        #[test]
        fn a_name_folds_to_nothing_exactly_if_none_of_it_is_seen(name in "[ \u{a0}\u{200d}\u{115f}\u{ffa0}\u{338}\u{1161}a]{0,6}") {
            prop_assert_eq!(folded(&name).is_empty(), !name.chars().any(is_seen));
        }

        #[test]
        fn every_suggested_slug_is_a_slug(name in "\\PC{1,120}") {
            if let Ok(name) = OrgName::try_from(name) {
                prop_assert!(Slug::try_from(Slug::of(&name, None).to_string()).is_ok());
                prop_assert!(Slug::try_from(Slug::of(&name, Some("0f9k2")).to_string()).is_ok());
            }
        }
    }
}
