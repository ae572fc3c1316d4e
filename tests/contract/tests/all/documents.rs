//! What documents say of paths and sizes is so.

use std::path::{Path, PathBuf};

use contract::root;

/// Every Markdown file of the repository.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![];
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
                open.push(path);
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().count()
}

#[test]
fn readmes_fit_on_a_screen_and_decisions_on_two() {
    for path in documents() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let most = match name {
            _ if path.parent().unwrap().ends_with("infra/decisions") => 100,
            // The front page holds a tour and a picture besides.
            "README.md" if path.parent().unwrap() == root() => 200,
            "README.md" => 60,
            _ => continue,
        };
        assert!(lines(&path) <= most, "{} has {} lines", path.display(), lines(&path));
    }
}

#[test]
fn every_room_has_a_readme() {
    for parent in ["functions", "shared", "infra", "tests"] {
        for entry in std::fs::read_dir(root().join(parent)).unwrap() {
            let room = entry.unwrap().path();
            if room.join("Cargo.toml").exists() {
                assert!(room.join("README.md").exists(), "{} has no README", room.display());
            }
        }
    }
}

#[test]
fn every_path_that_a_document_names_is_there() {
    let mut missing = vec![];
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        let beside = document.parent().unwrap().to_owned();
        let mut rooms = vec![root(), beside.clone(), beside.join("..")];
        for named in text.split('`').skip(1).step_by(2) {
            if named.starts_with("functions/<name>") {
                rooms.push(root().join("functions/organizations"));
            }
            if !is_path(named) {
                continue;
            }
            // What begins with `src/` is meant in the room that was named last, or in the document's own.
            match rooms.iter().rev().map(|room| room.join(named)).find(|path| path.exists()) {
                Some(path) if path.is_dir() && !named.starts_with("src/") => rooms.push(path),
                Some(_) => {}
                None => missing.push(format!("{}: {named}", document.strip_prefix(root()).unwrap().display())),
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// What begins with a folder or file of this repository. Patterns and what is only made when something runs are no such paths.
fn is_path(named: &str) -> bool {
    let tops =
        ["functions/", "shared/", "infra/", "tests/", "events/", ".cargo/", ".ci/", ".github/", ".config/", "src/"];
    let whole = named.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    whole && tops.iter().any(|top| named.starts_with(top))
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap();
            if target.is_empty() || target.starts_with("https://") || target.starts_with("http://") {
                continue;
            }
            assert!(document.parent().unwrap().join(target).exists(), "{}: {target}", document.display());
        }
    }
}

#[test]
fn decisions_are_numbered_without_a_gap() {
    let folder = root().join("infra/decisions");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:04}-")) && name.ends_with(".md"), "{name} is not number {number}");
    }
}

#[test]
fn no_function_carries_the_checksums_of_the_registry() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let package = lock.split("[[package]]").find(|package| package.contains("name = \"crc-fast\""));
    assert!(
        package.is_some_and(|package| !package.contains("source =")),
        "infra/crc-fast does not stand in: {package:?}"
    );
}
