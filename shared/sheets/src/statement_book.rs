//! A month's statement as a workbook: a row for the total, and one for each row of each split.

use std::path::Path;

use rust_xlsxwriter::Worksheet;

use crate::writing::{self, Unwritten};

const COLUMNS: [(&str, u16); 8] = [
    ("split", 12),
    ("id", 34),
    ("name", 34),
    ("project_id", 34),
    ("prompt_tokens", 18),
    ("completion_tokens", 18),
    ("tokens", 18),
    ("cost_micro_usd", 18),
];

/// One row.
#[derive(Clone, Debug)]
pub struct StatementCells {
    /// `total`, or the split's name.
    pub split: String,
    /// Of what; empty for what named none.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The project of a use case.
    pub project_id: String,
    /// Prompt, completion, both, and cost.
    pub amounts: [u64; 4],
}

impl StatementCells {
    /// The headers of its cells, in order.
    pub fn headers() -> impl Iterator<Item = &'static str> {
        COLUMNS.into_iter().map(|(header, _)| header)
    }

    /// Its texts, in order; the amounts follow them.
    #[must_use]
    pub fn texts(&self) -> [&str; 4] {
        [&self.split, &self.id, &self.name, &self.project_id]
    }
}

/// Writes the workbook to `path`: a sheet named after the month, every text a string, every amount a number.
///
/// # Errors
/// [`Unwritten`] if the disk failed or the sheet is full.
pub fn write_statement(path: &Path, month: &str, rows: &[StatementCells]) -> Result<(), Unwritten> {
    let mut book = writing::book()?;
    let sheet = book.add_worksheet();
    writing::head(sheet, month, &COLUMNS)?;
    for (number, row) in (1..).zip(rows) {
        writing::texts(sheet, number, 0, &row.texts())?;
        amounts(sheet, number, &row.amounts)?;
    }
    book.save(path)?;
    Ok(())
}

/// A number as far as a sheet's numbers are exact, else a text.
fn amounts(sheet: &mut Worksheet, row: u32, amounts: &[u64]) -> Result<(), Unwritten> {
    for (column, amount) in (4..).zip(amounts) {
        let text = amount.to_string();
        match text.parse::<f64>().ok().filter(|_| *amount < 1 << 53) {
            Some(number) => sheet.write_number(row, column, number)?,
            None => sheet.write_string(row, column, text)?,
        };
    }
    Ok(())
}
