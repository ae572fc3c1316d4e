//! The fixtures: each workbook against what is expected of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sheets::{Fault, Row};

use crate::made::read_file;

fn fixtures(folder: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let books = files.filter(|path| path.extension().is_some_and(|extension| extension == "xlsx"));
    books
        .map(|path| {
            let expect = fs::read_to_string(path.with_extension("expect.json")).unwrap();
            (path, serde_json::from_str(&expect).unwrap())
        })
        .collect()
}

fn read(path: &Path) -> Result<Vec<Row>, Fault> {
    read_file(File::open(path).unwrap())
}

/// What is wrong with the rows read, one line each.
fn compare(rows: &[Row], expect: &Value) -> Vec<String> {
    let found: BTreeMap<u64, &Row> = rows.iter().map(|row| (row.number.into(), row)).collect();
    let mut faults = Vec::new();
    let mut expected = Vec::new();
    for kind in ["created", "added", "errors", "either"] {
        for want in expect[kind].as_array().into_iter().flatten() {
            let number = want["row"].as_u64().unwrap();
            expected.push(number);
            let may_skip = want["outcomes"].as_array().is_some_and(|outcomes| outcomes.iter().any(|o| o == "skipped"));
            match found.get(&number) {
                Some(row) => faults.extend(differences(row, want, kind)),
                None if may_skip => {}
                None => faults.push(format!("row {number} is missing")),
            }
        }
    }
    faults.extend(
        found.keys().filter(|number| !expected.contains(number)).map(|number| format!("row {number} is not expected")),
    );
    faults
}

fn differences(row: &Row, want: &Value, kind: &str) -> Vec<String> {
    let role = if row.role.is_empty() { "member".to_owned() } else { row.role.to_lowercase() };
    let email = if kind == "created" { row.email.clone() } else { row.email.to_lowercase() };
    let wanted_email =
        want["email"].as_str().map(|email| if kind == "created" { email.to_owned() } else { email.to_lowercase() });
    let no_password = (want["password"] == "generated").then(String::new);
    let text = |key: &str| want[key].as_str().map(str::to_owned);
    let checks = [
        ("org_id", row.org_id.clone(), text("org_id")),
        ("email", email, wanted_email),
        ("display_name", row.display_name.clone(), text("display_name")),
        ("role", role, text("role")),
        ("password", row.password.clone(), text("typed_password").or(no_password)),
    ];
    let differs = |(key, found, wanted): (&str, String, Option<String>)| {
        let wanted = wanted.filter(|wanted| wanted != "*" && *wanted != found)?;
        Some(format!("row {}: {key} is {found:?}, expected {wanted:?}", row.number))
    };
    checks.into_iter().filter_map(differs).collect()
}

#[test]
fn every_valid_workbook_gives_exactly_the_rows_that_were_typed() {
    let mut faults = Vec::new();
    let books = fixtures("valid");
    assert!(books.len() >= 29, "fixtures are missing");
    for (path, expect) in books {
        match read(&path) {
            Ok(rows) => {
                faults.extend(compare(&rows, &expect).into_iter().map(|fault| format!("{}: {fault}", path.display())))
            }
            Err(fault) => faults.push(format!("{}: {fault:?}", path.display())),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_hostile_workbook_is_refused_for_its_reason_or_read_as_it_may_be() {
    let mut faults = Vec::new();
    let books = fixtures("hostile");
    assert!(books.len() >= 33, "fixtures are missing");
    for (path, expect) in books {
        let fault = match read(&path) {
            Ok(rows) if expect["or_completed"].is_object() => compare(&rows, &expect["or_completed"]).join("; "),
            Ok(rows) => format!("{} rows were read", rows.len()),
            Err(Fault::Disk(error)) => format!("the disk failed: {error}"),
            Err(Fault::Unusable(unusable)) => {
                let also = expect["reason_also"].as_array().into_iter().flatten();
                let allowed = also.chain([&expect["reason"]]).any(|reason| *reason == unusable.code());
                if allowed { String::new() } else { format!("refused as {}", unusable.code()) }
            }
        };
        if !fault.is_empty() {
            faults.push(format!("{}: {fault}", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
