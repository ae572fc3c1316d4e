//! What template and result have in common: plain text cells, headers, and the same bytes for the same content.

use std::fmt;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// What an `.xlsx` workbook is, on the web.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Units of UTF-16 that one cell holds at most.
const CELL_UNITS_MAX: usize = 32_767;

/// A workbook could not be written: the disk is full or failed, or there are more rows than a sheet has.
#[derive(Debug)]
pub struct Unwritten(XlsxError);

impl From<XlsxError> for Unwritten {
    fn from(error: XlsxError) -> Self {
        Self(error)
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The workbook could not be written.")
    }
}

impl std::error::Error for Unwritten {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// A new workbook that says nothing of when it was made, as a replay must give the same bytes.
pub(crate) fn book() -> Result<Workbook, Unwritten> {
    let mut book = Workbook::new();
    let fixed = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&fixed));
    Ok(book)
}

/// Names the sheet and writes its headers, bold and frozen, each with the width of its column in characters.
pub(crate) fn head(sheet: &mut Worksheet, name: &str, columns: &[(&str, u16)]) -> Result<(), Unwritten> {
    let bold = Format::new().set_bold();
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (column, (header, width)) in (0..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *header, &bold)?;
    }
    Ok(())
}

/// Writes texts side by side, each as a string: one that looks like a formula or a link stays text.
pub(crate) fn texts(sheet: &mut Worksheet, row: u32, column: u16, texts: &[&str]) -> Result<(), Unwritten> {
    for (column, text) in (column..).zip(texts) {
        sheet.write_string(row, column, cut(text))?;
    }
    Ok(())
}

/// The longest beginning that fits into a cell; a longer text would make the whole workbook fail.
fn cut(text: &str) -> &str {
    if text.len() <= CELL_UNITS_MAX {
        return text;
    }
    let mut units = 0;
    let beyond = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > CELL_UNITS_MAX
    });
    beyond.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_where_the_cell_ends() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"é".repeat(32_767)), "é".repeat(32_767));
        assert_eq!(cut(&"é".repeat(32_768)), "é".repeat(32_767));
        assert_eq!(cut(&"🚀".repeat(20_000)), "🚀".repeat(16_383));
    }
}
