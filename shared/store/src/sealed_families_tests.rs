use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_name().unwrap().to_str().unwrap() {
            "tests" | "examples" | "target" => {}
            _ if path.is_dir() => sources(&path, found),
            name if name.ends_with(".rs") && !name.ends_with("_tests.rs") => found.push(path),
            _ => {}
        }
    }
}

/// Sealing needs an [`Attribute`], and only families of the list make one.
#[test]
fn nothing_is_sealed_but_what_a_family_of_the_list_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![];
    for room in ["shared", "functions"] {
        sources(&root.join(room), &mut files);
    }
    let makes = |path: &PathBuf| {
        let code = std::fs::read_to_string(path).unwrap();
        let made = code.lines().filter(|line| {
            let line = line.trim_start();
            line.contains("Attribute {") && !line.starts_with("//") && !line.starts_with("let Attribute {")
        });
        // What is no making: the type itself, patterns, return types, and other words that end so.
        let other = |line: &&str| {
            ["struct ", "-> Attribute {", "SealedAt {", "SealedAttribute {"].iter().any(|part| line.contains(part))
        };
        made.filter(|line| !other(line)).count() > 0
    };
    let names = files.iter().filter(|path| makes(path)).map(|path| path.file_name().unwrap().to_str().unwrap());
    assert_eq!(names.collect::<BTreeSet<_>>(), BTreeSet::from(["sealed_families.rs"]));
}

/// A constant that is not in the list could be sealed for and would not be walked through.
#[test]
fn every_family_and_every_attribute_is_on_the_list() {
    let code = include_str!("sealed_families.rs");
    assert_eq!(code.matches(": SealedFamily =").count(), SEALED_FAMILIES.len());
    assert_eq!(code.matches(": Sealable =").count(), 3);
    let names: BTreeSet<_> = SEALED_FAMILIES.iter().map(|family| family.name).collect();
    assert_eq!(names.len(), SEALED_FAMILIES.len(), "two families of one name");
    let partition = OrganizationId::from_parts(1, 1);
    let partitions: BTreeSet<_> = SEALED_FAMILIES.iter().map(|family| (family.partition)(partition)).collect();
    assert_eq!(partitions.len(), SEALED_FAMILIES.len(), "two families of one partition");
}
