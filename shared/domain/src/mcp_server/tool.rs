//! Tools as a server tells them: hostile text until it was read here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::tool_text::shown;
use crate::Rejected;

/// So many tools are kept of one server.
pub const TOOLS_MAX: usize = 200;

/// What is kept of a title, in bytes.
const TITLE_BYTES_MAX: usize = 200;
/// What is kept of a description, in bytes.
const DESCRIPTION_BYTES_MAX: usize = 1_000;

/// A tool's name as it is called by: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ToolName(String);

impl TryFrom<String> for ToolName {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let fits = (1..=128).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then_some(Self(raw)).ok_or(Rejected("must be 1 to 128 visible ASCII characters"))
    }
}

impl From<ToolName> for String {
    fn from(name: ToolName) -> Self {
        name.0
    }
}

impl ToolName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A tool that a server offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// By which it is called.
    pub name: ToolName,
    /// What people read, at most 200 bytes; what cannot be seen stands as U+FFFD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What models are told of it, at most 1,000 bytes; what cannot be seen stands as U+FFFD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What the server says of its effects.
    #[serde(default)]
    pub annotations: Annotations,
    /// Of all that it is told to be, its schemas too, whole and as it came: the same tool has the same one. 32 hexadecimal digits.
    pub digest: String,
}

/// What a server says of a tool's effects; whoever cannot trust the server cannot trust these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// It changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// What it changes may be lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destructive: Option<bool>,
    /// A repetition changes nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent: Option<bool>,
    /// It reaches things outside of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_world: Option<bool>,
}

impl Tool {
    /// A tool as the server tells it; none where its name could not be called, or could pass for another one.
    #[must_use]
    pub fn read(told: &Value) -> Option<Self> {
        let text = |name: &str, most| told.get(name).and_then(Value::as_str).and_then(|text| shown(text, most));
        let hint = |name: &str| told.get("annotations").and_then(|hints| hints.get(name)).and_then(Value::as_bool);
        Some(Self {
            name: told.get("name")?.as_str()?.to_owned().try_into().ok()?,
            title: text("title", TITLE_BYTES_MAX),
            description: text("description", DESCRIPTION_BYTES_MAX),
            annotations: Annotations {
                read_only: hint("readOnlyHint"),
                destructive: hint("destructiveHint"),
                idempotent: hint("idempotentHint"),
                open_world: hint("openWorldHint"),
            },
            digest: digest(told),
        })
    }
}

/// What a server offers, as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolList {
    /// Its tools, in the order in which it tells them, each name once.
    pub tools: Vec<Tool>,
    /// Whether it has more than are kept.
    pub more: bool,
    /// How many were left out because of their names: unusable ones, and second ones of a name.
    pub left_out: u32,
}

impl ToolList {
    /// Takes one more as the server tells it; false where there is no room for it.
    pub fn take(&mut self, told: &Value) -> bool {
        if self.tools.len() >= TOOLS_MAX {
            self.more = true;
            return false;
        }
        match Tool::read(told).filter(|tool| self.tools.iter().all(|known| known.name != tool.name)) {
            Some(tool) => self.tools.push(tool),
            None => self.left_out = self.left_out.saturating_add(1),
        }
        true
    }

    /// The same tools have the same one, in whatever order they are told.
    #[must_use]
    pub fn digest(&self) -> String {
        let lines: BTreeSet<_> = self.tools.iter().map(|tool| (&tool.name, &tool.digest)).collect();
        let mut hash = Sha256::new();
        for (name, digest) in lines {
            [name.as_str(), " ", digest, "\n"].iter().for_each(|part| hash.update(part));
        }
        short(hash)
    }
}

/// What a tool is told to be; neither icons nor what servers note for themselves, which change nothing of what it does.
const PARTS: [&str; 6] = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

fn digest(told: &Value) -> String {
    let mut hash = Sha256::new();
    for part in PARTS {
        hash.update(part);
        add(&mut hash, told.get(part).unwrap_or(&Value::Null));
    }
    short(hash)
}

/// A JSON value in one form, whatever order its members came in. The parser has bounded its depth.
fn add(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<_> = members.iter().collect();
            names.sort_unstable_by_key(|(name, _)| *name);
            hash.update(format!("{{{}", names.len()));
            for (name, member) in names {
                add(hash, &Value::String(name.clone()));
                add(hash, member);
            }
        }
        Value::Array(items) => {
            hash.update(format!("[{}", items.len()));
            items.iter().for_each(|item| add(hash, item));
        }
        Value::String(text) => {
            hash.update(format!("\"{}:", text.len()));
            hash.update(text);
        }
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => hash.update(format!("{plain};")),
    }
}

fn short(hash: Sha256) -> String {
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "tool_tests.rs"]
mod tests;
