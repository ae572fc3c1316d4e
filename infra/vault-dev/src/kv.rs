//! The key-value engine, version 2: its routes and its configuration.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::{Ask, Fields, Operation};
use crate::duration;
use crate::kv_secret::Secret;
use crate::ledger::Ledger;

/// All secrets of one mount.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Store {
    settings: Settings,
    pub(crate) secrets: BTreeMap<String, Secret>,
}

/// What a mount and each of its secrets can set; 0 means not set.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) cas_required: bool,
    pub(crate) max_versions: u64,
    pub(crate) delete_after_seconds: u64,
}

/// `rest` is the path behind the mount.
pub(crate) fn handle(ledger: &mut Ledger, ask: &Ask, mount: &str, rest: &str, now: Timestamp) -> Outcome {
    let (part, path) = rest.split_once('/').unwrap_or((rest, ""));
    match (ask.operation, part) {
        (Operation::Read, "config") => Ok(Reply::Data(ledger.kv(mount)?.settings.print())),
        (Operation::Write, "config") => ledger.whole_kv_mut(mount)?.settings.change(&ask.fields),
        (Operation::List, "metadata") => list(ledger.kv(mount)?, path),
        (_, "data" | "metadata" | "delete" | "undelete" | "destroy") if path.is_empty() => {
            Err(Refusal::unsupported_path())
        }
        (Operation::Read, "data") => read(ledger.kv(mount)?, path, ask, now),
        (Operation::Write, "data") => write(ledger.kv_mut(mount, path)?, path, &ask.fields, now),
        (Operation::Delete, "data") => {
            let store = ledger.kv_mut(mount, path)?;
            Ok(store.secrets.get_mut(path).map_or(Reply::Nothing, |secret| secret.delete_current(now)))
        }
        (Operation::Read, "metadata") => {
            let secret = ledger.kv(mount)?.secrets.get(path).ok_or_else(Refusal::absent)?;
            Ok(Reply::Data(secret.print()))
        }
        (Operation::Write, "metadata") => {
            let store = ledger.kv_mut(mount, path)?;
            store.secrets.entry(path.to_owned()).or_insert_with(|| Secret::new(now)).settings.change(&ask.fields)
        }
        (Operation::Delete, "metadata") => {
            ledger.kv_mut(mount, path)?.secrets.remove(path);
            Ok(Reply::Nothing)
        }
        (Operation::Write, "delete" | "undelete" | "destroy") => {
            versions(ledger.kv_mut(mount, path)?, part, path, &ask.fields, now)
        }
        (_, "config" | "data" | "delete" | "undelete" | "destroy") => Err(Refusal::unsupported_operation()),
        _ => Err(Refusal::unsupported_path()),
    }
}

impl Store {
    /// Whether a write to the path behind the mount would create something.
    pub(crate) fn is_absent(&self, rest: &str) -> bool {
        match rest.split_once('/') {
            Some(("data" | "metadata", path)) => !self.secrets.contains_key(path),
            _ => false,
        }
    }
}

impl Settings {
    pub(crate) fn print(&self) -> Value {
        json!({
            "cas_required": self.cas_required, "max_versions": self.max_versions,
            "delete_version_after": duration::print(self.delete_after_seconds),
        })
    }

    fn change(&mut self, fields: &Fields) -> Outcome {
        self.max_versions = fields.number("max_versions")?.unwrap_or(self.max_versions);
        self.cas_required = fields.flag("cas_required").unwrap_or(self.cas_required);
        self.delete_after_seconds = fields.seconds("delete_version_after")?.unwrap_or(self.delete_after_seconds);
        Ok(Reply::Nothing)
    }
}

/// The names directly under the folder; a deeper folder ends with `/`.
fn list(store: &Store, folder: &str) -> Outcome {
    let folder = if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") };
    let under = store.secrets.range(folder.clone()..).map_while(|(path, _)| path.strip_prefix(&folder));
    let names: BTreeSet<&str> = under.map(|rest| rest.split_inclusive('/').next().unwrap_or(rest)).collect();
    if names.is_empty() { Err(Refusal::absent()) } else { Ok(Reply::Data(json!({ "keys": names }))) }
}

fn read(store: &Store, path: &str, ask: &Ask, now: Timestamp) -> Outcome {
    let secret = store.secrets.get(path).ok_or_else(Refusal::absent)?;
    let version = ask.query.get("version").and_then(|text| text.parse().ok()).filter(|version| *version > 0);
    secret.read(version.unwrap_or(secret.current), now)
}

fn write(store: &mut Store, path: &str, fields: &Fields, now: Timestamp) -> Outcome {
    let data = fields.get("data").ok_or_else(|| Refusal::bad("no data provided"))?;
    let data = data
        .as_object()
        .ok_or_else(|| Refusal::bad("Field validation failed: error converting input for field \"data\""))?;
    let current = store.secrets.get(path).map_or(0, |secret| secret.current);
    let required =
        store.settings.cas_required || store.secrets.get(path).is_some_and(|secret| secret.settings.cas_required);
    match expected_version(fields)? {
        None if required => return Err(Refusal::bad("check-and-set parameter required for this call")),
        Some(expected) if expected != current => {
            return Err(Refusal::bad("check-and-set parameter did not match the current version"));
        }
        _ => {}
    }
    let secret = store.secrets.entry(path.to_owned()).or_insert_with(|| Secret::new(now));
    Ok(secret.write(data.clone(), &store.settings, now))
}

fn expected_version(fields: &Fields) -> Result<Option<u64>, Refusal> {
    let Some(cas) = fields.get("options").and_then(|options| options.get("cas")).filter(|cas| !cas.is_null()) else {
        return Ok(None);
    };
    let number = cas.as_u64().or_else(|| cas.as_str()?.parse().ok());
    number.map(Some).ok_or_else(|| Refusal::bad("error parsing check-and-set parameter"))
}

fn versions(store: &mut Store, part: &str, path: &str, fields: &Fields, now: Timestamp) -> Outcome {
    let versions = fields.versions();
    if versions.is_empty() {
        return Err(Refusal::bad("No version number provided"));
    }
    let Some(secret) = store.secrets.get_mut(path) else { return Ok(Reply::Nothing) };
    for version in versions {
        match part {
            "delete" => secret.delete(version, now),
            "undelete" => secret.undelete(version),
            _ => secret.destroy(version),
        }
    }
    Ok(Reply::Nothing)
}
