//! The largest import that is allowed, in little memory.

use std::fs;
use std::io::{BufWriter, Write};

use sheets::{Created, ResultBook, Workbook};
use zip::ZipWriter;

use crate::made::{Made, SHEET, STRINGS};

const ROWS: u32 = 200_000;

/// Writes a workbook of as many rows as are allowed, all texts shared and most of them unique, without holding it.
fn write_largest() -> fs::File {
    let made = Made::with_rows("");
    let mut zip = ZipWriter::new(BufWriter::new(tempfile::tempfile().unwrap()));
    for (name, content) in &made.parts {
        zip.start_file(name.as_str(), made.options).unwrap();
        match name.as_str() {
            SHEET => write_sheet(&mut zip),
            STRINGS => write_strings(&mut zip),
            _ => zip.write_all(content).unwrap(),
        }
    }
    zip.finish().unwrap().into_inner().unwrap()
}

fn write_strings(out: &mut impl Write) {
    write!(out, "<sst><si><t>org_id</t></si><si><t>email</t></si><si><t>display_name</t></si><si><t>org_1</t></si>")
        .unwrap();
    for row in 0..ROWS {
        write!(out, "<si><t>person.{row}@scale.example</t></si><si><t>José Nguyễn {row}</t></si>").unwrap();
    }
    write!(out, "</sst>").unwrap();
}

fn write_sheet(out: &mut impl Write) {
    write!(out, "<worksheet><sheetData>").unwrap();
    write_row(out, 1, [0, 1, 2]);
    for number in 0..ROWS {
        write_row(out, number + 2, [3, 4 + number * 2, 5 + number * 2]);
    }
    write!(out, "</sheetData></worksheet>").unwrap();
}

fn write_row(out: &mut impl Write, row: u32, strings: [u32; 3]) {
    write!(out, "<row r=\"{row}\">").unwrap();
    for (column, string) in ["A", "B", "C"].into_iter().zip(strings) {
        write!(out, "<c r=\"{column}{row}\" t=\"s\"><v>{string}</v></c>").unwrap();
    }
    write!(out, "</row>").unwrap();
}

fn peak_kilobytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_largest_import_is_read_and_answered_in_64_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Workbook::open(write_largest(), folder.path()).unwrap();
    let mut result = ResultBook::new(folder.path()).unwrap();
    let mut rows = 0;
    for row in book.users().unwrap() {
        let row = row.unwrap();
        assert_eq!(row.email, format!("person.{rows}@scale.example"));
        assert_eq!(row.display_name, format!("José Nguyễn {rows}"));
        // Every tenth is enough to see that the result does not grow in memory.
        if rows % 10 == 0 {
            result.created(&created(&row)).unwrap();
        }
        rows += 1;
    }
    result.save(&folder.path().join("result.xlsx")).unwrap();
    assert_eq!(rows, ROWS);
    let peak = peak_kilobytes();
    assert!(peak < 64 * 1024, "{peak} kB");
}

fn created(row: &sheets::Row) -> Created<'_> {
    Created {
        row: row.number,
        org_id: &row.org_id,
        organization: "Acme",
        email: &row.email,
        display_name: &row.display_name,
        role: "member",
        password: "correct horse battery staple",
        sign_in: "with this password, which must be changed",
    }
}
