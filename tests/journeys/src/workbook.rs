//! Workbooks as tests write and read them.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;

/// A row of the sheet `Users`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'a> {
    /// `org_id`
    pub org: &'a str,
    /// `email`
    pub email: &'a str,
    /// `display_name`
    pub name: &'a str,
    /// `role`; blank = member.
    pub role: &'a str,
    /// `password`; blank = generated.
    pub password: &'a str,
}

/// A workbook with that sheet `Users`.
#[must_use]
pub fn workbook(rows: &[Row]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Users").unwrap();
    for (column, header) in (0_u16..).zip(["org_id", "email", "display_name", "role", "password"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip([row.org, row.email, row.name, row.role, row.password]) {
            if !text.is_empty() {
                sheet.write_string(line, column, text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// A result that was read: rows by header, sheet by sheet.
pub struct Book {
    /// The file itself.
    pub bytes: Vec<u8>,
    sheets: BTreeMap<String, Vec<BTreeMap<String, String>>>,
}

impl Book {
    /// Reads all sheets as text; no cell may be a formula.
    #[must_use]
    pub fn read(bytes: Vec<u8>) -> Self {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.clone())).unwrap();
        let mut sheets = BTreeMap::new();
        for name in book.sheet_names() {
            let formulas = book.worksheet_formula(&name).unwrap();
            assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()), "a formula in {name}");
            sheets.insert(name.clone(), rows(&book.worksheet_range(&name).unwrap()));
        }
        Self { bytes, sheets }
    }

    /// The rows of a sheet.
    #[must_use]
    pub fn sheet(&self, name: &str) -> &[BTreeMap<String, String>] {
        self.sheets.get(name).unwrap_or_else(|| panic!("no sheet {name}"))
    }

    /// The generated password of an e-mail in `Created`; empty where it was typed.
    #[must_use]
    pub fn password(&self, email: &str) -> String {
        let row = self.sheet("Created").iter().find(|row| row["email"] == email);
        row.unwrap_or_else(|| panic!("nobody created as {email}"))["password"].clone()
    }
}

fn rows(range: &calamine::Range<Data>) -> Vec<BTreeMap<String, String>> {
    let mut lines = range.rows();
    let headers: Vec<String> = lines.next().into_iter().flatten().map(text).collect();
    lines.map(|line| headers.iter().cloned().zip(line.iter().map(text)).collect()).collect()
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        other => other.to_string(),
    }
}
