//! One request, as far as the answer depends on it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::answer::Refusal;
use crate::duration;

/// What a request wants to do; a write is a creation or an update, which only the addressed engine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Read,
    List,
    Write,
    Delete,
}

/// A request after HTTP: path without `/v1/`, decoded; a list's path ends with `/`.
pub(crate) struct Ask {
    pub(crate) operation: Operation,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) token: Option<String>,
    pub(crate) wrap_seconds: Option<u64>,
    pub(crate) fields: Fields,
}

/// The members of the request's JSON object; `null` counts as absent, as it does in Vault.
#[derive(Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// An empty body is an empty object; anything but an object is refused.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(body).map(Self).map_err(|_| Refusal::bad("error parsing JSON"))
    }

    pub(crate) fn of(map: Map<String, Value>) -> Self {
        Self(map)
    }

    pub(crate) fn whole(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A number, also one that is written as text.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number.map(Some).ok_or_else(|| Refusal::bad(format!("error converting input for field {name:?}")))
    }

    /// A duration in seconds: a number, or text such as `1h30m`.
    pub(crate) fn seconds(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let seconds = value.as_u64().or_else(|| duration::parse(value.as_str()?));
        seconds.map(Some).ok_or_else(|| Refusal::bad(format!("error converting input for field {name:?}")))
    }

    /// A list of names: an array, or text separated by commas.
    pub(crate) fn names(&self, name: &str) -> Option<Vec<String>> {
        let split =
            |text: &str| text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
        match self.get(name)? {
            Value::String(text) => Some(split(text)),
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            _ => None,
        }
    }

    /// The version numbers of `versions`; empty when there are none.
    pub(crate) fn versions(&self) -> Vec<u64> {
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        match self.get("versions") {
            Some(Value::Array(items)) => items.iter().filter_map(number).collect(),
            Some(one) => number(one).into_iter().collect(),
            None => Vec::new(),
        }
    }
}
