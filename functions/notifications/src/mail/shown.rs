//! Text that other people chose, made harmless before anybody reads it in a mail.

use std::fmt;

use domain::Email;

/// At most so many characters of a name are shown.
const NAME_MAX: usize = 80;
/// What browsers call themselves is longer, and says the most at its end.
const PROGRAM_MAX: usize = 160;
/// Breaks an address without being seen, so that no mail program makes a link of it.
const BREAK: char = '\u{200b}';

/// Text that somebody else chose, such as a name: one line, cut, in quotes that it cannot close, and without anything that
/// a mail program would make a link of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown(String);

/// Somebody else. Names can be chosen freely, e-mails are proved: who has one is shown with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// A person, with the name they may have.
    Somebody(Option<Shown>, Email),
    /// A service account, which has a name only.
    Program(Shown),
}

impl Shown {
    /// At most 80 characters of the text; none where nothing visible is left.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::within(NAME_MAX, text)
    }

    /// At most 160 characters, for what browsers call themselves.
    #[must_use]
    pub fn program(text: &str) -> Option<Self> {
        Self::within(PROGRAM_MAX, text)
    }

    /// As [`Shown::of`], or that other word.
    #[must_use]
    pub fn or(text: &str, other: &'static str) -> Self {
        Self::of(text).unwrap_or_else(|| Self(other.to_owned()))
    }

    fn within(most: usize, text: &str) -> Option<Self> {
        let cut = cut(&plain(text), most);
        cut.chars().any(|c| !is_invisible(c) && !c.is_whitespace()).then(|| Self(unlinked(&cut)))
    }
}

impl Person {
    /// A person, perhaps with a name.
    #[must_use]
    pub fn new(name: &str, email: Email) -> Self {
        Self::Somebody(Shown::of(name), email)
    }

    /// At the beginning of a sentence.
    pub(crate) fn first(&self) -> String {
        match self {
            Self::Somebody(..) => self.to_string(),
            Self::Program(name) => format!("The service account {name}"),
        }
    }
}

impl fmt::Display for Shown {
    /// With its quotes, and set apart from the sentence around it where it is written the other way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.chars().any(is_right_to_left) {
            write!(f, "“\u{2068}{}\u{2069}”", self.0)
        } else {
            write!(f, "“{}”", self.0)
        }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Somebody(Some(name), email) => write!(f, "{name} ({})", address(email)),
            Self::Somebody(None, email) => f.write_str(&address(email)),
            Self::Program(name) => write!(f, "the service account {name}"),
        }
    }
}

/// An e-mail as it may be shown: one that could pass for the address of a page is broken.
pub(crate) fn address(email: &Email) -> String {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let usual = local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-'".contains(&b));
    if usual { email.as_str().to_owned() } else { unlinked(email.as_str()) }
}

/// One line without controls or marks of the writing direction, and without double quotes.
fn plain(text: &str) -> String {
    let line: String = text
        .chars()
        .filter(|c| !is_direction(*c))
        .map(|c| match c {
            _ if c.is_control() || c.is_whitespace() => ' ',
            '"'
            | '\u{ab}'
            | '\u{bb}'
            | '\u{201c}'..='\u{201f}'
            | '\u{2033}'
            | '\u{2036}'
            | '\u{275d}'
            | '\u{275e}'
            | '\u{ff02}' => '\'',
            _ => c,
        })
        .collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning, with `…` where something is missing. A sign made of several characters is not left half.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    let whole = kept.trim_end_matches(|c: char| is_invisible(c) || c.is_whitespace());
    format!("{whole}…")
}

/// Breaks what looks like the address of a page or a mailbox: a dot, colon, slash or at sign that touches the next word.
fn unlinked(text: &str) -> String {
    let mut broken = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        broken.push(c);
        let touches = rest.peek().is_some_and(|next| !next.is_whitespace());
        if touches && matches!(c, '.' | ':' | '/' | '@' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}') {
            broken.push(BREAK);
        }
    }
    broken
}

/// Marks, embeddings, overrides and isolates of the writing direction.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Letters that are written from right to left, by their blocks.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Joiners, selectors and other characters without a width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        Shown::of(text).map(|shown| shown.to_string()).unwrap_or_default()
    }

    #[test]
    fn usual_names_are_shown_as_they_are() {
        for name in ["Acme Inc.", "Dr. Ann O'Neil", "王小明", "👨\u{200d}👩\u{200d}👧 & Söhne"] {
            assert_eq!(shown(name), format!("“{name}”"));
        }
    }

    #[test]
    fn a_name_that_is_written_the_other_way_stays_in_its_place() {
        for name in ["نورا بنت عبد الله", "می\u{200c}خواهم", "Acme בע״מ"] {
            assert_eq!(shown(name), format!("“\u{2068}{name}\u{2069}”"));
        }
    }

    #[test]
    fn nothing_in_a_name_is_left_that_a_mail_program_makes_a_link_of() {
        assert_eq!(shown("https://evil.example/x"), "“https:\u{200b}/\u{200b}/\u{200b}evil.\u{200b}example/\u{200b}x”");
        assert_eq!(shown("pay@evil.example"), "“pay@\u{200b}evil.\u{200b}example”");
        assert_eq!(shown("www.evil。example"), "“www.\u{200b}evil。\u{200b}example”");
    }

    #[test]
    fn a_name_cannot_end_its_quotes_its_line_or_its_direction() {
        assert_eq!(shown("Acme” has paid you. “Thanks"), "“Acme' has paid you. 'Thanks”");
        assert_eq!(shown("a\r\nBcc: x\u{2028}b\u{0}c"), "“a Bcc: x b c”");
        assert_eq!(shown("gpj.\u{202e}exe\u{2066}"), "“gpj.\u{200b}exe”");
    }

    #[test]
    fn a_long_name_is_cut_between_signs_and_a_browsers_later() {
        let chrome =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0";
        let program = Shown::program(chrome).unwrap().to_string();
        assert_eq!(program.replace(BREAK, ""), format!("“{chrome}”"));
        assert_eq!(shown(&"x".repeat(80)), format!("“{}”", "x".repeat(80)));
        assert_eq!(shown(&"x".repeat(81)), format!("“{}…”", "x".repeat(79)));
        let family = format!("{}👨\u{200d}👩", "x".repeat(77));
        assert_eq!(shown(&format!("{family}👩👩")), format!("“{}👨…”", "x".repeat(77)));
    }

    #[test]
    fn a_name_without_anything_visible_is_none() {
        for name in ["", "  ", "\u{200b}", "\u{202e}\n"] {
            assert_eq!(Shown::of(name), None);
        }
        let person = Person::new("", "ann@a.example".parse().unwrap());
        assert_eq!(person.to_string(), "ann@a.example");
        assert_eq!(Shown::or(" ", "an organization").to_string(), "“an organization”");
    }

    #[test]
    fn an_e_mail_that_passes_for_a_page_is_broken() {
        let shown = |email: &str| address(&email.parse().unwrap());
        assert_eq!(shown("ann.o'neil+x@a.example"), "ann.o'neil+x@a.example");
        assert_eq!(shown("evil.example/pay@a.example"), "evil.\u{200b}example/\u{200b}pay@\u{200b}a.\u{200b}example");
    }

    proptest! {
        #[test]
        fn whatever_was_chosen_is_one_short_line_in_its_own_quotes(text in "(\\PC|\\s|\u{202e}|\u{2067}|[./:@\"]){0,200}") {
            if let Some(shown) = Shown::of(&text).map(|shown| shown.0) {
                prop_assert!(shown.replace(BREAK, "").chars().count() <= NAME_MAX);
                let refused = |c: char| c.is_control() || is_direction(c) || ['“', '”', '"', '\u{2028}'].contains(&c);
                prop_assert!(!shown.chars().any(refused));
                prop_assert!(!shown.contains("//") && !shown.contains("www.e"));
            }
        }
    }
}
