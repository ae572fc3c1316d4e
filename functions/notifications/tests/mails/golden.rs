//! Each mail as a file that a person can read and a mail program would show.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use notifications::mail::{Branding, Letter, Mail, Sender};

use crate::cases::{Chosen, letters, portal, rich};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails/golden")
}

/// Compares with the kept file; with `UPDATE_SNAPSHOTS=1` in the environment, writes it.
#[track_caller]
fn snapshot(name: &str, seen: &str) {
    let path = folder().join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, seen).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == seen, "{name} has changed; read it, then run with UPDATE_SNAPSHOTS=1\n{seen}");
}

fn headed(Mail { kind, subject, text, list_unsubscribe, .. }: &Mail) -> String {
    let unsubscribe = list_unsubscribe.as_ref().map(|value| format!("List-Unsubscribe: {value}\n"));
    format!("Kind: {kind}\nSubject: {subject}\n{}\n{text}", unsubscribe.unwrap_or_default())
}

fn compare(case: &str, branding: &Branding, letters: Vec<(&str, Letter)>) -> BTreeSet<String> {
    let sender = Sender { branding, portal: &portal() };
    let mut names = BTreeSet::new();
    for (wording, letter) in letters {
        let mail = sender.write(&letter).unwrap();
        let dot = if wording.is_empty() { "" } else { "." };
        let name = format!("{}{dot}{wording}.{case}", mail.kind);
        snapshot(&format!("{name}.txt"), &headed(&mail));
        snapshot(&format!("{name}.html"), &mail.html);
        names.extend([format!("{name}.txt"), format!("{name}.html")]);
    }
    names
}

#[test]
fn every_mail_says_what_its_files_say() {
    let product = Branding::default();
    let mut written = compare("ordinary", &product, letters(&Chosen::ordinary()));
    written.extend(compare("hostile", &product, letters(&Chosen::hostile())));
    written.extend(compare("branded", &rich(), letters(&Chosen::ordinary()).into_iter().take(1).collect()));
    let kept = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(kept.collect::<BTreeSet<_>>(), written, "files of mails that there are no more");
}
