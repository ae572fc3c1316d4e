//! What an import costs, and whether inviting waits for mail, as figures for people: `bench FOLDER-OF-BINARIES [ROWS…]`,
//! `bench FOLDER-OF-BINARIES invitations [REQUESTS [ROWS]]`, `bench FOLDER-OF-BINARIES quota [CHECKS]`,
//! `bench FOLDER-OF-BINARIES quota midnight [SCOPES]`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "prints what it measured, and stops where it cannot"
)]

mod alone;
mod invitations;
mod midnight;
mod parse_and_write;
mod quota;
mod tables;
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
/// So many rows are imported with and without confirmation.
const VERIFIED: u32 = 10_000;
/// So often each, in turns.
const TURNS: u32 = 5;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let binaries = PathBuf::from(arguments.next().unwrap());
    let binary = binaries.join("import-worker");
    let named: Vec<String> = arguments.collect();
    match named.split_first() {
        Some((what, numbers)) if what == "invitations" => {
            let number = |at: usize| numbers.get(at).map(|number| number.parse().unwrap());
            invitations::run(number(0).map_or(invitations::USUAL, |each: u32| usize::try_from(each).unwrap())).await;
            verification(&binary, number(1).unwrap_or(VERIFIED)).await;
        }
        Some((what, rest)) if what == "quota" && rest.first().is_some_and(|what| what == "midnight") => {
            let scopes = rest.get(1).map_or(midnight::USUAL, |number| number.parse().unwrap());
            midnight::run(&binaries.join("quota-reset"), scopes).await;
        }
        Some((what, rest)) if what == "quota" && rest.first().is_some_and(|what| what == "alone") => {
            quota::alone().await
        }
        Some((what, numbers)) if what == "quota" => {
            quota::run(numbers.first().map_or(quota::USUAL, |number| number.parse().unwrap())).await;
        }
        _ => imports(&binary, named.iter().map(|rows| rows.parse().unwrap()).collect()).await,
    }
}

/// Imports of those numbers of rows.
async fn imports(binary: &Path, named: Vec<u32>) {
    let all = if named.is_empty() { USUAL.to_vec() } else { named };
    println!(
        "{:>8} {:>10} {:>8} {:>12}   {:>6} {:>8} {:>12}   {:>9} {:>9} {:>6}",
        "rows", "import s", "rows/s", "MiB > idle", "typed", "import s", "MiB > idle", "ours s", "Python s", "times"
    );
    for rows in all {
        let folder = tempfile::tempdir().unwrap();
        let typed = rows.min(TYPED_MAX);
        let (took_typed, mib_typed) = import(binary, typed, PASSWORD, folder.path(), false).await;
        let (took, mib) = import(binary, rows, "", folder.path(), false).await;
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

/// Imports with new accounts that have to confirm their e-mail and without, in turns; each gets a mail with its link then.
async fn verification(binary: &Path, rows: u32) {
    println!("\n{:>12} {:>8} {:>10} {:>8}", "confirmation", "rows", "import s", "rows/s");
    let mut all: [Vec<Duration>; 2] = Default::default();
    for round in 0..TURNS {
        for turn in 0..2 {
            let at = usize::try_from((round + turn) % 2).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let (took, _) = import(binary, rows, "", folder.path(), at == 1).await;
            all[at].push(took);
            let per_second = f64::from(rows) / took.as_secs_f64();
            println!("{:>12} {rows:>8} {:>10.2} {per_second:>8.0}", ["off", "on"][at], took.as_secs_f64());
        }
    }
    let [off, on] = all.map(|mut all| {
        all.sort();
        all[all.len() / 2].as_secs_f64()
    });
    println!("in the median, on takes {:.3} times as long as off", on / off);
}

/// From the arrival of the object to the result, and the worker's memory.
async fn import(binary: &Path, rows: u32, password: &str, folder: &Path, confirmed: bool) -> (Duration, f64) {
    let portal = Portal::unhurried().await;
    portal.require_verification(confirmed).await;
    let org = portal.organization("Bench").await;
    let emails: Vec<String> = (0..rows).map(|number| format!("person.{number}@bench.example")).collect();
    let person = |email| Row { org: &org, email, name: "Somebody", password, ..Row::default() };
    let people: Vec<Row> = emails.iter().map(|email| person(email)).collect();
    let bytes = workbook(&people);
    std::fs::write(folder.join("book.xlsx"), &bytes).unwrap();
    let worker = Worker::start(binary, &portal).await;
    worker.woken_by_objects(&portal);
    let started = Instant::now();
    let finished = portal.import(&bytes).await;
    let took = started.elapsed();
    assert_eq!(finished.job["counts"]["created"], rows, "{:?}", finished.job);
    let mib = worker.stop().await;
    portal.stop().await;
    (took, mib)
}
