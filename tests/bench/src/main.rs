//! What an import costs, as figures for people: `bench FOLDER-OF-BINARIES [ROWS…]`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "prints what it measured, and stops where it cannot"
)]

mod parse_and_write;
mod worker;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use journeys::{PASSWORD, Portal, Row, workbook};
use mimalloc::MiMalloc;

use crate::worker::Worker;

/// As under `cargo xtask up`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const USUAL: [u32; 3] = [1_000, 10_000, 100_000];
/// A typed password takes as long as a hundred generated ones; this many show what they cost.
const TYPED_MAX: u32 = 1_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let binary = PathBuf::from(arguments.next().unwrap()).join("import-worker");
    let named: Vec<u32> = arguments.map(|rows| rows.parse().unwrap()).collect();
    let all = if named.is_empty() { USUAL.to_vec() } else { named };
    println!(
        "{:>8} {:>10} {:>8} {:>12}   {:>6} {:>8} {:>12}   {:>9} {:>9} {:>6}",
        "rows", "import s", "rows/s", "MiB > idle", "typed", "import s", "MiB > idle", "ours s", "Python s", "times"
    );
    for rows in all {
        let folder = tempfile::tempdir().unwrap();
        let typed = rows.min(TYPED_MAX);
        let (took_typed, mib_typed) = import(&binary, typed, PASSWORD, folder.path()).await;
        let (took, mib) = import(&binary, rows, "", folder.path()).await;
        let (book, result) = (folder.path().join("book.xlsx"), folder.path().join("result.xlsx"));
        let ours = parse_and_write::ours(&book, &result);
        let pythons = parse_and_write::pythons(&book, &result);
        println!(
            "{rows:>8} {:>10.2} {:>8.0} {mib:>12.1}   {typed:>6} {:>8.2} {mib_typed:>12.1}   {:>9.2} {:>9.2} {:>6.1}",
            took.as_secs_f64(),
            f64::from(rows) / took.as_secs_f64(),
            took_typed.as_secs_f64(),
            ours.as_secs_f64(),
            pythons.as_secs_f64(),
            pythons.as_secs_f64() / ours.as_secs_f64()
        );
    }
}

/// From the arrival of the object to the result, and the worker's memory.
async fn import(binary: &Path, rows: u32, password: &str, folder: &Path) -> (Duration, f64) {
    let portal = Portal::unhurried().await;
    let org = portal.organization("Bench").await;
    let emails: Vec<String> = (0..rows).map(|number| format!("person.{number}@bench.example")).collect();
    let person = |email| Row { org: &org, email, name: "Somebody", password, ..Row::default() };
    let people: Vec<Row> = emails.iter().map(|email| person(email)).collect();
    let bytes = workbook(&people);
    std::fs::write(folder.join("book.xlsx"), &bytes).unwrap();
    let worker = Worker::start(binary, &portal).await;
    let started = Instant::now();
    let finished = portal.import(&bytes).await;
    let took = started.elapsed();
    assert_eq!(finished.job["counts"]["created"], rows, "{:?}", finished.job);
    let mib = worker.stop().await;
    portal.stop().await;
    (took, mib)
}
