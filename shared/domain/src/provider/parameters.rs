//! Parameters that go along with every call of a provider, where the caller does not say otherwise.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sealed::Sealed;

/// So many parameters at most.
const ENTRIES_MAX: usize = 50;
/// So long in all, as JSON.
const BYTES_MAX: usize = 8 * 1024;
/// So deep at most: a list in an object is two.
const DEPTH_MAX: usize = 5;
/// What belongs to the single call, and what would carry a secret past the vault.
const REFUSED: [&str; 12] = [
    "api_key",
    "apikey",
    "authorization",
    "credentials",
    "headers",
    "input",
    "messages",
    "model",
    "password",
    "prompt",
    "secret",
    "token",
];

/// Default parameters: a JSON object of at most 50 entries, 8 kB and 5 levels, whose names are 1 to 64 letters, digits, `_`, `-`
/// and `.`, and none of which names a model, a prompt or a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct Parameters(Map<String, Value>);

impl Parameters {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Map<String, Value>> for Parameters {
    type Error = crate::Rejected;
    fn try_from(entries: Map<String, Value>) -> Result<Self, Self::Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_name = |name: &String| (1..=64).contains(&name.len()) && name.chars().all(plain);
        let is_refused = |name: &String| REFUSED.contains(&name.to_ascii_lowercase().replace('-', "_").as_str());
        match () {
            () if entries.len() > ENTRIES_MAX => Err(crate::Rejected("must be at most 50 parameters")),
            () if !entries.keys().all(is_name) => {
                Err(crate::Rejected("must have names of 1 to 64 letters, digits, '_', '-' and '.'"))
            }
            () if entries.keys().any(is_refused) => Err(crate::Rejected(
                "must not name a model, a prompt or a secret: these belong to the call and the vault",
            )),
            () if entries.values().any(|value| depth(value) >= DEPTH_MAX) => {
                Err(crate::Rejected("must be at most 5 levels deep"))
            }
            () if Value::Object(entries.clone()).to_string().len() > BYTES_MAX => {
                Err(crate::Rejected("must be at most 8 kB as JSON"))
            }
            () => Ok(Self(entries)),
        }
    }
}

impl From<Parameters> for Map<String, Value> {
    fn from(parameters: Parameters) -> Self {
        parameters.0
    }
}

/// How deep a value goes; one that holds no other is 0.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Parameters as they are stored: an organization's are its content, and opened by its key alone; the platform's are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoredParameters {
    /// The platform's, in clear.
    Open(Parameters),
    /// An organization's.
    Sealed(Sealed),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameters(json: Value) -> Result<Parameters, String> {
        serde_json::from_value(json).map_err(|why| why.to_string())
    }

    #[test]
    fn parameters_are_a_small_object_that_names_neither_model_nor_prompt_nor_secret() {
        let kept = json!({ "temperature": 0.2, "stop": ["\n\n"], "response_format": { "type": "json_object" } });
        assert_eq!(Value::Object(parameters(kept.clone()).unwrap().into()), kept);
        assert!(parameters(json!({})).unwrap().is_empty());
        let many: Map<String, Value> = (0..=ENTRIES_MAX).map(|number| (format!("p{number}"), json!(1))).collect();
        let refused = [
            json!([]),
            json!("x"),
            Value::Object(many),
            json!({ "": 1 }),
            json!({ "x".repeat(65): 1 }),
            json!({ "a b": 1 }),
            json!({ "model": "gpt-5" }),
            json!({ "API-Key": "x" }),
            json!({ "messages": [] }),
            json!({ "deep": [[[[[1]]]]] }),
            json!({ "long": "x".repeat(BYTES_MAX) }),
        ];
        for refused in refused {
            assert!(parameters(refused.clone()).is_err(), "{refused} was taken for parameters");
        }
        assert!(parameters(json!({ "deep": [[[[1]]]] })).is_ok());
    }
}
