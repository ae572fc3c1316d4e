//! One secret of the key-value engine, with its versions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::{Outcome, Refusal, Reply};
use crate::kv::Settings;
use crate::tokens::after;

/// Versions kept when neither the mount nor the secret says otherwise.
const VERSIONS_KEPT: u64 = 10;

/// A secret; `current` is 0 until the first version is written.
#[derive(Serialize, Deserialize)]
pub(crate) struct Secret {
    pub(crate) settings: Settings,
    pub(crate) current: u64,
    created: Timestamp,
    updated: Timestamp,
    oldest: u64,
    versions: BTreeMap<u64, Version>,
}

#[derive(Serialize, Deserialize)]
struct Version {
    created: Timestamp,
    deleted: Option<Timestamp>,
    destroyed: bool,
    data: Map<String, Value>,
}

impl Secret {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            settings: Settings::default(),
            current: 0,
            created: now,
            updated: now,
            oldest: 0,
            versions: BTreeMap::new(),
        }
    }

    /// A deleted or destroyed version shows its metadata only.
    pub(crate) fn read(&self, number: u64, now: Timestamp) -> Outcome {
        let version = self.versions.get(&number).ok_or_else(Refusal::absent)?;
        let metadata = version.print(Some(number));
        let gone = version.destroyed || version.deleted.is_some_and(|deleted| deleted <= now);
        Ok(if gone {
            Reply::Gone(json!({"data": null, "metadata": metadata}))
        } else {
            Reply::Data(json!({"data": version.data, "metadata": metadata}))
        })
    }

    /// Adds a version and drops those beyond the number to keep.
    pub(crate) fn write(&mut self, data: Map<String, Value>, mount: &Settings, now: Timestamp) -> Reply {
        self.current += 1;
        self.updated = now;
        let set = |own: u64, mounts: u64| [own, mounts].into_iter().find(|value| *value > 0);
        let lives = set(self.settings.delete_after_seconds, mount.delete_after_seconds);
        let version =
            Version { created: now, deleted: lives.map(|seconds| after(now, seconds)), destroyed: false, data };
        let reply = Reply::Data(version.print(Some(self.current)));
        self.versions.insert(self.current, version);
        let kept = set(self.settings.max_versions, mount.max_versions).unwrap_or(VERSIONS_KEPT);
        if self.current > kept {
            self.oldest = self.current - kept + 1;
            self.versions = self.versions.split_off(&self.oldest);
        }
        reply
    }

    pub(crate) fn delete_current(&mut self, now: Timestamp) -> Reply {
        self.delete(self.current, now);
        Reply::Nothing
    }

    pub(crate) fn delete(&mut self, number: u64, now: Timestamp) {
        if let Some(version) = self.versions.get_mut(&number).filter(|version| version.deleted.is_none()) {
            version.deleted = Some(now);
        }
    }

    pub(crate) fn undelete(&mut self, number: u64) {
        if let Some(version) = self.versions.get_mut(&number).filter(|version| !version.destroyed) {
            version.deleted = None;
        }
    }

    pub(crate) fn destroy(&mut self, number: u64) {
        if let Some(version) = self.versions.get_mut(&number) {
            version.destroyed = true;
            version.data.clear();
        }
    }

    /// The `data` member of a metadata read.
    pub(crate) fn print(&self) -> Value {
        let versions: BTreeMap<String, Value> =
            self.versions.iter().map(|(number, version)| (number.to_string(), version.print(None))).collect();
        let mut printed = json!({
            "created_time": self.created.to_string(), "current_version": self.current, "oldest_version": self.oldest,
            "updated_time": self.updated.to_string(), "versions": versions,
        });
        if let (Value::Object(members), Value::Object(settings)) = (&mut printed, self.settings.print()) {
            members.extend(settings);
        }
        printed
    }
}

impl Version {
    fn print(&self, number: Option<u64>) -> Value {
        let deleted = self.deleted.map(|deleted| deleted.to_string()).unwrap_or_default();
        let mut printed =
            json!({"created_time": self.created.to_string(), "deletion_time": deleted, "destroyed": self.destroyed});
        if let (Value::Object(members), Some(number)) = (&mut printed, number) {
            members.insert("version".to_owned(), json!(number));
        }
        printed
    }
}
