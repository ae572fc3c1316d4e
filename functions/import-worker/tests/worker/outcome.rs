//! A result workbook, read back.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use domain::import::{Job, result_key};

use crate::stack::Stack;

/// The three sheets: each row's cells by header, by the row's number in the uploaded sheet.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) created: Rows,
    pub(crate) added: Rows,
    pub(crate) errors: Rows,
}

type Rows = BTreeMap<u64, BTreeMap<String, String>>;

impl Stack {
    pub(crate) async fn outcome(&self, job: &Job) -> Outcome {
        let bytes = self.blobs.get(&result_key(job.id), 64 << 20).await.unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let mut rows = |name: &str| sheet(&mut book, name);
        Outcome { created: rows("Created"), added: rows("Added (existing)"), errors: rows("Errors") }
    }
}

#[expect(clippy::disallowed_methods, reason = "our own small workbook")]
fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Rows {
    assert!(book.worksheet_formula(name).unwrap().used_cells().next().is_none(), "a formula in {name}");
    let range = book.worksheet_range(name).unwrap();
    let mut rows = range.rows();
    let headers: Vec<String> = rows.next().unwrap().iter().map(Data::to_string).collect();
    rows.map(|row| {
        let cells: BTreeMap<String, String> = headers.iter().cloned().zip(row.iter().map(Data::to_string)).collect();
        (cells["row"].parse().unwrap(), cells)
    })
    .collect()
}
