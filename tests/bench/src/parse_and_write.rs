//! The same parsing and writing by `shared/sheets` and by Python.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sheets::{Created, ResultBook, Workbook};

/// Reads the sheet and writes a result of as many rows.
pub(crate) fn ours(workbook: &Path, result: &Path) -> Duration {
    let started = Instant::now();
    let temp_dir = result.parent().unwrap();
    let mut book = Workbook::open(File::open(workbook).unwrap(), temp_dir).unwrap();
    let mut out = ResultBook::new(temp_dir).unwrap();
    for row in book.users().unwrap() {
        let row = row.unwrap();
        out.created(&Created {
            row: row.number,
            org_id: &row.org_id,
            organization: "Bench",
            email: &row.email,
            display_name: &row.display_name,
            role: "member",
            password: "u4b2-rhj8-tjfp-7528-f56j-vabx-vv66",
            sign_in: "e-mail",
        })
        .unwrap();
    }
    out.save(result).unwrap();
    started.elapsed()
}

/// The same with openpyxl and XlsxWriter, without the time in which Python starts.
pub(crate) fn pythons(workbook: &Path, result: &Path) -> Duration {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/parse_and_write.py");
    let output = Command::new("python3").arg(script).arg(workbook).arg(result).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seconds: f64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    Duration::from_secs_f64(seconds)
}
