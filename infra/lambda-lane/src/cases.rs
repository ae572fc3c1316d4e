//! Canned invocations: `events/<function>/<case>.json`, and what each must become, `events/<function>/expect.txt`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

/// What becomes of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// An HTTP answer with this status.
    Status(u16),
    /// An answer of a function that no HTTP request wakes.
    Done,
}

/// One canned invocation.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) event: Value,
    pub(crate) expected: Expected,
}

/// All cases of a function, by name.
///
/// A case without an expectation, or the other way round, is an error.
pub(crate) fn read(events: &Path, function: &str) -> Result<Vec<Case>> {
    let folder = events.join(function);
    let mut expected = expectations(&folder)?;
    let mut cases = vec![];
    for entry in std::fs::read_dir(&folder).with_context(|| format!("no folder {}", folder.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".json")) else { continue };
        let event = serde_json::from_str(&std::fs::read_to_string(&path)?).with_context(|| name.to_owned())?;
        let expected = expected.remove(name).ok_or_else(|| anyhow!("{function}/expect.txt does not name {name}"))?;
        cases.push(Case { name: name.to_owned(), event, expected });
    }
    if let Some(name) = expected.keys().next() {
        return Err(anyhow!("{function}/expect.txt names {name}, which is not there"));
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}

/// Lines of `name: status`, or `name: done`.
pub(crate) fn expectations(folder: &Path) -> Result<BTreeMap<String, Expected>> {
    let path = folder.join("expect.txt");
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let text = std::fs::read_to_string(&path)?;
    text.lines().filter(|line| !line.is_empty()).map(expectation).collect()
}

fn expectation(line: &str) -> Result<(String, Expected)> {
    let (name, value) = line.split_once(": ").ok_or_else(|| anyhow!("expect.txt: {line}"))?;
    let expected = match value {
        "done" => Expected::Done,
        status => Expected::Status(status.parse().with_context(|| format!("expect.txt: {line}"))?),
    };
    Ok((name.to_owned(), expected))
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Done => f.write_str("done"),
        }
    }
}
