//! One cell: where it stands, and its value as text.

use crate::dates::{self, Epoch, Shown};
use crate::limits::{LAST_COLUMN, LAST_ROW};
use crate::numbers;
use crate::strings::SharedStrings;
use crate::styles::Styles;
use crate::text;
use crate::unusable::{Fault, Unusable};
use crate::xml::{Tag, Xml};

const REFERENCE: Unusable = Unusable::Malformed("a cell's reference");

/// The attributes of a cell.
pub(crate) struct Head {
    /// Row and column from 1, if the cell names them.
    pub(crate) at: Option<(u32, u32)>,
    kind: Kind,
    style: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Shared,
    /// An inline string, or the string that a formula gave.
    Text,
    Boolean,
    Date,
    Error,
}

/// What the values of cells are read with.
pub(crate) struct Values {
    pub(crate) strings: SharedStrings,
    pub(crate) styles: Styles,
    pub(crate) epoch: Epoch,
}

impl Head {
    /// Takes the attributes of a `c` element; `None` for any other.
    pub(crate) fn parse(tag: &Tag<'_>) -> Result<Option<Self>, Unusable> {
        if !tag.is("c") {
            return Ok(None);
        }
        let mut head = Self { at: None, kind: Kind::Number, style: 0 };
        let mut impossible = false;
        tag.each(|name, value| match name {
            "r" => {
                head.at = reference(value);
                impossible |= head.at.is_none();
            }
            "t" => head.kind = kind(value),
            "s" => head.style = value.parse().unwrap_or(usize::MAX),
            _ => {}
        })?;
        if impossible { Err(REFERENCE) } else { Ok(Some(head)) }
    }
}

impl Values {
    /// Reads a cell to its end and puts its text into `found`, which stays empty for a blank.
    pub(crate) fn read(&mut self, xml: &mut Xml<'_>, head: &Head, found: &mut String) -> Result<(), Fault> {
        let mut written = String::new();
        while let Some((is_value, is_inline)) = xml.child(|tag| Ok((tag.is("v"), tag.is("is"))))? {
            match (is_value, is_inline) {
                (true, _) => text::plain(xml, &mut written)?,
                (_, true) => text::rich(xml, &mut written)?,
                // The formula, and extensions.
                _ => xml.skip()?,
            }
        }
        if !written.is_empty() {
            self.tell(head, &written, found)?;
        }
        Ok(())
    }

    fn tell(&mut self, head: &Head, written: &str, found: &mut String) -> Result<(), Fault> {
        match head.kind {
            Kind::Shared => {
                let index = written.trim().parse().map_err(|_| Unusable::Malformed("a shared string"))?;
                self.strings.copy(index, found)?;
            }
            Kind::Number => found.push_str(&self.number(head, written)),
            Kind::Boolean => found.push_str(if matches!(written.trim(), "0" | "false") { "FALSE" } else { "TRUE" }),
            Kind::Date => found.push_str(dates::iso(written.trim())),
            Kind::Text | Kind::Error => found.push_str(&text::decode(written)?),
        }
        Ok(())
    }

    fn number(&self, head: &Head, written: &str) -> String {
        let serial = match self.styles.shown(head.style) {
            Shown::Date => written.trim().parse().ok(),
            Shown::Number => None,
        };
        let day = serial.and_then(|serial| dates::text(serial, self.epoch));
        day.unwrap_or_else(|| numbers::text(written))
    }
}

fn kind(written: &str) -> Kind {
    match written {
        "s" => Kind::Shared,
        "b" => Kind::Boolean,
        "d" => Kind::Date,
        "e" => Kind::Error,
        "str" | "inlineStr" => Kind::Text,
        _ => Kind::Number,
    }
}

/// Row and column of a reference such as `C12`, within the sheet's bounds.
fn reference(written: &str) -> Option<(u32, u32)> {
    let digits = written.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let letters = written.strip_suffix(digits)?;
    let column = (1..=3).contains(&letters.len()).then(|| letters.bytes().fold(0, column))?;
    (1..=LAST_COLUMN).contains(&column).then_some(())?;
    Some((row(digits)?, column))
}

fn column(left: u32, letter: u8) -> u32 {
    left * 26 + u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')) + 1
}

/// A row's number, within the sheet's bounds.
pub(crate) fn row(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| plain)?;
    (1..=LAST_ROW).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_beyond_the_sheet_are_refused() {
        assert_eq!(reference("A1"), Some((1, 1)));
        assert_eq!(reference("aa10"), Some((10, 27)));
        assert_eq!(reference("XFD1048576"), Some((1_048_576, 16_384)));
        for wrong in ["A0", "1A", "XFE1", "A1048577", "ZZZZZZZZ99999999999999", "", "A", "1", "$A$1", "A+1", "É1"] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
    }
}
