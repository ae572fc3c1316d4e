//! Workbooks made for a test.

use rust_xlsxwriter::Workbook;

/// Rows below the usual headers.
pub(crate) fn workbook(rows: &[[&str; 5]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Users").unwrap();
    let headers = ["org_id", "email", "display_name", "role", "password"];
    for (number, row) in (0..).zip(std::iter::once(&headers).chain(rows)) {
        for (column, text) in (0..).zip(row) {
            sheet.write_string(number, column, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}
