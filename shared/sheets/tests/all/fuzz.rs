//! Damaged files: whatever the bytes are, the answer is rows or a refusal, never a panic.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use sheets::{Fault, Row};

use crate::made::{HEADER, Made, SHEET, STRINGS, read};

const GOOD: [&str; 4] = ["roster-xlsxwriter", "unusual-package-by-hand", "roster-sheetjs", "roster-exceljs-stream"];

fn good(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/valid");
    fs::read(folder.join(name).with_extension("xlsx")).unwrap()
}

/// A fault of the disk would be tried again for ever.
fn settled(read: Result<Vec<Row>, Fault>) -> Result<(), TestCaseError> {
    prop_assert!(!matches!(read, Err(Fault::Disk(_))), "{read:?}");
    Ok(())
}

/// Pieces from which sheets are put together, most of them in wrong places.
const PIECES: [&str; 16] = [
    HEADER,
    "<row>",
    "</row>",
    "<row r=\"5\">",
    "<c t=\"s\"><v>0</v></c>",
    "<c t=\"inlineStr\"><is><t>a</t></is></c>",
    "<c r=\"B6\" s=\"1\"><v>1e308</v></c>",
    "<c><v>-1e-400</v>",
    "</c>",
    "<is><r><t>_x0041_",
    "&#x10FFFF;",
    "&#0;",
    "<!-- -->",
    "<v/>",
    "<row><c t=\"d\"><v>9999-99-99T</v></c></row>",
    "\u{0}<\"",
];

proptest! {
    #[test]
    fn random_bytes_are_refused(mut bytes in vec(any::<u8>(), 0..4096), zip in any::<bool>()) {
        if zip {
            bytes.splice(..0, *b"PK\x03\x04");
        }
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn flipped_bytes_never_panic(name in select(&GOOD[..]), flips in vec((any::<Index>(), any::<u8>()), 1..8)) {
        let mut bytes = good(name);
        let length = bytes.len();
        for (at, byte) in flips {
            bytes[at.index(length)] = byte;
        }
        settled(read(&bytes))?;
    }

    #[test]
    fn flipped_bytes_of_the_directory_never_panic(flips in vec((0_usize..900, any::<u8>()), 1..6)) {
        let mut bytes = good("roster-xlsxwriter");
        let length = bytes.len();
        for (back, byte) in flips {
            bytes[length - 1 - back] = byte;
        }
        settled(read(&bytes))?;
    }

    #[test]
    fn a_truncated_workbook_is_refused(name in select(&GOOD[..]), end in any::<Index>()) {
        let bytes = good(name);
        prop_assert!(read(&bytes[..end.index(bytes.len())]).is_err());
    }

    #[test]
    fn any_sheet_of_a_sound_zip_is_read_or_refused(pieces in vec(select(&PIECES[..]), 0..12)) {
        settled(Made::with_rows(&format!("{HEADER}{}", pieces.concat())).read())?;
    }

    #[test]
    fn flipped_bytes_inside_a_part_never_panic(flips in vec((any::<Index>(), any::<u8>()), 1..6)) {
        let row = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" s=\"1\"><v>45292</v></c></row>";
        let mut made = Made::with_rows(&format!("{HEADER}{row}")).replace(STRINGS, "<sst><si><t>org_x0041_</t></si></sst>");
        for (name, content) in &mut made.parts {
            if name == SHEET || name == STRINGS {
                let length = content.len();
                for (at, byte) in &flips {
                    content[at.index(length)] = *byte;
                }
            }
        }
        settled(made.read())?;
    }
}
