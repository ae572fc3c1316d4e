//! The result of an import: what was created, who was added, which rows failed and why.

use std::path::Path;

use rust_xlsxwriter::Workbook;

use crate::writing::{self, Unwritten};

/// Of 1 to 9. A result is an eighth larger than at the usual 6; reading 100,000 rows and writing their result takes 0.62 s
/// instead of 0.77 s (`cargo xtask bench import`).
const COMPRESSION: u8 = 1;

const CREATED: [(&str, u16); 8] = [
    ("row", 8),
    ("org_id", 34),
    ("organization", 28),
    ("email", 34),
    ("display_name", 28),
    ("role", 12),
    ("password", 28),
    ("sign_in", 40),
];
const ADDED: [(&str, u16); 5] = [("row", 8), ("org_id", 34), ("organization", 28), ("email", 34), ("role", 12)];
const ERRORS: [(&str, u16); 5] = [("row", 8), ("org_id", 34), ("email", 34), ("reason", 24), ("explanation", 80)];

/// A new person, who is now in the organization.
#[derive(Clone, Copy)]
pub struct Created<'a> {
    /// The row's number in the uploaded sheet.
    pub row: u32,
    /// The organization's id.
    pub org_id: &'a str,
    /// The organization's name.
    pub organization: &'a str,
    /// The e-mail as typed.
    pub email: &'a str,
    /// The display name as typed.
    pub display_name: &'a str,
    /// The role in the organization.
    pub role: &'a str,
    /// The generated password, `""` if it was typed or is not shown.
    pub password: &'a str,
    /// How the person will sign in.
    pub sign_in: &'a str,
}

/// A known person, who is now in this organization too.
#[derive(Clone, Copy, Debug)]
pub struct Added<'a> {
    /// The row's number in the uploaded sheet.
    pub row: u32,
    /// The organization's id.
    pub org_id: &'a str,
    /// The organization's name.
    pub organization: &'a str,
    /// The e-mail as typed.
    pub email: &'a str,
    /// The role in the organization.
    pub role: &'a str,
}

/// A row that had no effect.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// The row's number in the uploaded sheet.
    pub row: u32,
    /// What stood in the column `org_id`.
    pub org_id: &'a str,
    /// What stood in the column `email`.
    pub email: &'a str,
    /// The reason's code.
    pub reason: &'a str,
    /// The reason in words.
    pub explanation: &'a str,
}

/// Writes the three sheets row by row. They may be filled in any order among each other.
///
/// Each sheet goes to a temporary file of its own, without a name, so memory does not grow with the rows.
/// The same calls give the same bytes. Texts longer than 32,767 characters are cut.
pub struct ResultBook {
    book: Workbook,
    rows: [u32; 3],
}

impl ResultBook {
    /// Begins a result with three empty sheets; their temporary files are in `temp_dir`.
    ///
    /// # Errors
    /// [`Unwritten`] if no temporary file can be made.
    pub fn new(temp_dir: &Path) -> Result<Self, Unwritten> {
        let mut book = writing::book()?;
        book.set_tempdir(temp_dir)?.set_zip_compression_level(COMPRESSION);
        writing::head(book.add_worksheet_with_constant_memory()?, "Created", &CREATED)?;
        writing::head(book.add_worksheet_with_constant_memory()?, "Added (existing)", &ADDED)?;
        writing::head(book.add_worksheet_with_constant_memory()?, "Errors", &ERRORS)?;
        Ok(Self { book, rows: [0; 3] })
    }

    /// Adds a row to `Created`.
    ///
    /// # Errors
    /// [`Unwritten`] if the disk failed or the sheet is full.
    pub fn created(&mut self, row: &Created<'_>) -> Result<(), Unwritten> {
        let Created { row, org_id, organization, email, display_name, role, password, sign_in } = *row;
        self.write(0, row, &[org_id, organization, email, display_name, role, password, sign_in])
    }

    /// Adds a row to `Added (existing)`.
    ///
    /// # Errors
    /// As [`ResultBook::created`].
    pub fn added(&mut self, row: &Added<'_>) -> Result<(), Unwritten> {
        let Added { row, org_id, organization, email, role } = *row;
        self.write(1, row, &[org_id, organization, email, role])
    }

    /// Adds a row to `Errors`.
    ///
    /// # Errors
    /// As [`ResultBook::created`].
    pub fn refused(&mut self, row: &Refused<'_>) -> Result<(), Unwritten> {
        let Refused { row, org_id, email, reason, explanation } = *row;
        self.write(2, row, &[org_id, email, reason, explanation])
    }

    /// Writes the workbook to `path`.
    ///
    /// # Errors
    /// [`Unwritten`] if the disk failed.
    pub fn save(mut self, path: &Path) -> Result<(), Unwritten> {
        self.book.save(path)?;
        Ok(())
    }

    fn write(&mut self, index: usize, number: u32, texts: &[&str]) -> Result<(), Unwritten> {
        let sheet = self.book.worksheet_from_index(index)?;
        if let Some(row) = self.rows.get_mut(index) {
            *row += 1;
            sheet.write_number(*row, 0, number)?;
            writing::texts(sheet, *row, 1, texts)?;
        }
        Ok(())
    }
}
