//! Text files that hold what was seen, so that a person can read it and a change of it is seen.

use std::path::{Path, PathBuf};

/// Compares with `tests/contract/tests/all/<name>`; with `UPDATE_SNAPSHOTS=1` in the environment, writes it.
#[track_caller]
pub fn snapshot(name: &str, seen: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, seen).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let mut changes = Vec::new();
    for line in kept.lines().filter(|line| !seen.lines().any(|other| other == *line)) {
        changes.push(format!("- {line}"));
    }
    for line in seen.lines().filter(|line| !kept.lines().any(|other| other == *line)) {
        changes.push(format!("+ {line}"));
    }
    assert!(
        kept == seen,
        "{name} has changed; check each line against the contract, then run with UPDATE_SNAPSHOTS=1\n{}",
        changes.join("\n")
    );
}

/// The repository's folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
