//! Template and result, read back by another program's reader and as plain XML.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use sheets::{Added, Created, Refused, ResultBook, Workspace, write_template};
use tempfile::TempDir;

use crate::made::read_file;

/// Texts that a spreadsheet program would change, run or choke on.
const NASTY: [&str; 12] = [
    "=1+1",
    "+49 30 1234",
    "-2+3",
    "@SUM(A1)",
    "=HYPERLINK(\"https://example.org\",\"x\")",
    "https://example.org/",
    "mailto:ann@example.org",
    " spaces kept ",
    "_x0041_ stays",
    "<&>\"' \u{1F680} مرحبا",
    "tab\tline\nend",
    "00420",
];

fn texts(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let mut cells = book.worksheet_cells_reader(sheet).unwrap();
    let mut rows = Vec::new();
    while let Some(cell) = cells.next_cell().unwrap() {
        let (row, column) = cell.get_position();
        let at = usize::try_from(row).unwrap();
        rows.resize_with(rows.len().max(at + 1), Vec::<String>::new);
        rows[at].resize(usize::try_from(column).unwrap(), String::new());
        rows[at].push(Data::from(cell.get_value().clone()).to_string());
    }
    rows
}

/// All XML of the workbook, to look for what must not be there.
fn xml(path: &Path) -> String {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut all = String::new();
    for index in 0..zip.len() {
        zip.by_index(index).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

fn save(name: &str, fill: impl FnOnce(&mut ResultBook)) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut book = ResultBook::new(folder.path()).unwrap();
    fill(&mut book);
    book.save(&path).unwrap();
    (folder, path)
}

fn fill(book: &mut ResultBook) {
    for (row, text) in (2..).zip(NASTY) {
        let org_id = "org_1";
        book.refused(&Refused { row, org_id: text, email: text, reason: "invalid_email", explanation: text }).unwrap();
        book.created(&Created {
            row,
            org_id,
            organization: text,
            email: text,
            display_name: text,
            role: "member",
            password: text,
            sign_in: text,
        })
        .unwrap();
        book.added(&Added { row, org_id, organization: text, email: text, role: "admin" }).unwrap();
    }
}

#[test]
fn the_result_holds_every_text_unchanged_and_no_formula() {
    let (_folder, path) = save("result.xlsx", fill);
    let book: Xlsx<_> = open_workbook(&path).unwrap();
    assert_eq!(book.sheet_names(), ["Created", "Added (existing)", "Errors"]);
    let created = texts(&path, "Created");
    assert_eq!(created[0], ["row", "org_id", "organization", "email", "display_name", "role", "password", "sign_in"]);
    assert_eq!(texts(&path, "Added (existing)")[0], ["row", "org_id", "organization", "email", "role"]);
    assert_eq!(texts(&path, "Errors")[0], ["row", "org_id", "email", "reason", "explanation"]);
    for (at, text) in NASTY.into_iter().enumerate() {
        let row = (at + 2).to_string();
        assert_eq!(created[at + 1], [row.as_str(), "org_1", text, text, text, "member", text, text]);
        assert_eq!(texts(&path, "Added (existing)")[at + 1], [row.as_str(), "org_1", text, text, "admin"]);
        assert_eq!(texts(&path, "Errors")[at + 1], [row.as_str(), text, text, "invalid_email", text]);
    }
    let xml = xml(&path);
    assert!(!xml.contains("<f>") && !xml.contains("<f ") && !xml.contains("<hyperlink"));
}

#[test]
fn characters_that_xml_forbids_and_texts_without_end_do_not_break_the_result() {
    let endless = "ü".repeat(40_000);
    let (_folder, path) = save("result.xlsx", |book| {
        for (row, text) in (2..).zip(["a\u{0}b\u{1f}c\u{fffe}\u{ffff}", &endless]) {
            book.refused(&Refused { row, org_id: text, email: "", reason: "", explanation: "" }).unwrap();
        }
    });
    let xml = xml(&path);
    let forbidden = |c: char| (c < ' ' && !"\t\r\n".contains(c)) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden));
    assert!(xml.contains("a_x0000_b_x001F_c_xFFFE__xFFFF_"));
    assert_eq!(texts(&path, "Errors")[2][1], "ü".repeat(32_767));
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let (_one, first) = save("first.xlsx", fill);
    let (_two, second) = save("second.xlsx", fill);
    assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());
    // The clock must not be in it either: neither in the properties nor in the zip's own dates.
    assert!(xml(&first).contains("2000-01-01T00:00:00Z"));
    let mut zip = zip::ZipArchive::new(File::open(&first).unwrap()).unwrap();
    let date = zip.by_index(0).unwrap().last_modified().unwrap();
    assert_eq!(date.year(), 1980);
}

fn template(workspaces: u32) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.xlsx");
    let workspace = |index| Workspace { id: format!("org_{index}"), name: format!("=Acme {index}") };
    write_template(&path, (0..workspaces).map(workspace)).unwrap();
    (folder, path)
}

#[test]
fn the_template_lists_all_workspaces_and_offers_the_roles() {
    let (_folder, path) = template(1_500);
    assert_eq!(texts(&path, "Users"), [["org_id", "email", "display_name", "role", "password"]]);
    let workspaces = texts(&path, "Workspaces");
    assert_eq!((workspaces.len(), &workspaces[0]), (1_501, &vec!["id".to_owned(), "name".to_owned()]));
    assert_eq!(workspaces[1_500], ["org_1499", "=Acme 1499"]);
    let xml = xml(&path);
    assert!(xml.contains("\"owner,admin,member\"") && xml.contains("sqref=\"D2:D200001\""), "the drop-down is missing");
    assert!(xml.contains("topLeftCell=\"A2\"") && !xml.contains("<f>"));
}

#[test]
fn the_template_as_it_is_can_be_imported_and_has_no_rows() {
    let (_folder, path) = template(3);
    assert_eq!(read_file(File::open(path).unwrap()).unwrap(), []);
}
