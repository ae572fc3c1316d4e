//! The five columns of the sheet `Users`, found by their headers.

use crate::unusable::Unusable;

/// The headers, in the order of the template.
pub(crate) const NAMES: [&str; 5] = ["org_id", "email", "display_name", "role", "password"];

/// Where each known column stands, as far as the header row has been read.
#[derive(Default)]
pub(crate) struct Columns([Option<u32>; 5]);

impl Columns {
    /// Takes one header. Unknown ones are ignored; a known one twice is refused.
    pub(crate) fn note(&mut self, column: u32, header: &str) -> Result<(), Unusable> {
        // A file that was text once may begin with a byte order mark.
        let header = header.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_lowercase();
        for (place, name) in self.0.iter_mut().zip(NAMES) {
            if header == name && place.replace(column).is_some() {
                return Err(Unusable::DuplicateHeader(name));
            }
        }
        Ok(())
    }

    /// Refuses a header row that lacks a required column.
    pub(crate) fn check(&self) -> Result<(), Unusable> {
        let [org_id, email, ..] = self.0;
        match (org_id, email) {
            (None, _) => Err(Unusable::MissingHeader("org_id")),
            (_, None) => Err(Unusable::MissingHeader("email")),
            _ => Ok(()),
        }
    }

    /// Which of the five fields stands in this column.
    pub(crate) fn field(&self, column: u32) -> Option<usize> {
        self.0.iter().position(|place| *place == Some(column))
    }
}
