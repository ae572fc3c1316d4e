//! Text of cells: plain and rich strings, without phonetic runs, escapes decoded.

use std::borrow::Cow;

use crate::limits::CELL_CHARS_MAX;
use crate::unusable::{Fault, Unusable};
use crate::xml::{Token, Xml};

/// Bytes that a text may have before its characters are counted.
const BYTES_MAX: usize = CELL_CHARS_MAX * 4;

enum Piece {
    Text,
    Run,
    Other,
}

/// Appends a string item (`si` or `is`): its text, or the texts of its runs. Reads to the end of the item.
pub(crate) fn rich(xml: &mut Xml<'_>, text: &mut String) -> Result<(), Fault> {
    let piece = |tag: &crate::xml::Tag<'_>| {
        Ok(match tag {
            tag if tag.is("t") => Piece::Text,
            tag if tag.is("r") => Piece::Run,
            _ => Piece::Other,
        })
    };
    while let Some(piece) = xml.child(piece)? {
        match piece {
            Piece::Text => plain(xml, text)?,
            Piece::Run => run(xml, text)?,
            // How the text is spoken, and how it looks.
            Piece::Other => xml.skip()?,
        }
    }
    Ok(())
}

fn run(xml: &mut Xml<'_>, text: &mut String) -> Result<(), Fault> {
    while let Some(is_text) = xml.child(|tag| Ok(tag.is("t")))? {
        if is_text { plain(xml, text)? } else { xml.skip()? }
    }
    Ok(())
}

/// Appends the text of the current element and reads to its end.
pub(crate) fn plain(xml: &mut Xml<'_>, text: &mut String) -> Result<(), Fault> {
    loop {
        match xml.next()? {
            Token::Text(piece) => push(text, &piece)?,
            Token::Close => return Ok(()),
            Token::Open(_) => xml.skip()?,
            Token::End => return Err(Unusable::Malformed("a text").into()),
        }
    }
}

fn push(text: &mut String, piece: &str) -> Result<(), Unusable> {
    if text.len().saturating_add(piece.len()) > BYTES_MAX {
        return Err(Unusable::TooLarge);
    }
    text.push_str(piece);
    Ok(())
}

/// Decodes `_x000D_` and the like, as which the format writes characters that XML cannot hold; refuses a text that
/// is longer than a cell can be.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, Unusable> {
    let decoded = if text.contains("_x") { Cow::Owned(unescape(text)) } else { Cow::Borrowed(text) };
    if decoded.len() > CELL_CHARS_MAX && decoded.chars().count() > CELL_CHARS_MAX {
        return Err(Unusable::TooLarge);
    }
    Ok(decoded)
}

fn unescape(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        decoded.push_str(before);
        match escape(after) {
            Some((character, tail)) => {
                decoded.push(character);
                rest = tail;
            }
            None => {
                decoded.push_str("_x");
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// Four capital hexadecimal digits and an underscore; halves of a surrogate pair stay as they are.
fn escape(after: &str) -> Option<(char, &str)> {
    let (digits, tail) = after.split_at_checked(4)?;
    let capital = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    capital.then_some((character, tail.strip_prefix('_')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_escapes_in_capitals_are_decoded() {
        let cases = [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x000d_", "_x000d_"),
            ("_x00é_", "_x00é_"),
            ("_x+00D_", "_x+00D_"),
            ("_xD800_", "_xD800_"),
            ("_x_x0041_", "_xA"),
            ("_x000", "_x000"),
            ("my_xmas", "my_xmas"),
        ];
        for (written, meant) in cases {
            assert_eq!(decode(written).unwrap(), meant, "{written}");
        }
    }

    #[test]
    fn a_text_is_measured_in_characters() {
        assert!(decode(&"é".repeat(CELL_CHARS_MAX)).is_ok());
        assert_eq!(decode(&"e".repeat(CELL_CHARS_MAX + 1)), Err(Unusable::TooLarge));
    }
}
