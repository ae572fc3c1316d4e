//! One request, in parts that a test can spoil one by one.

use journeys::{Answer, Client};
use serde_json::Value;

use crate::Operation;

/// A request for an operation.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// What stands in the path's places.
    pub at: Vec<(String, String)>,
    /// The query without its question mark.
    pub query: String,
    /// The body.
    pub body: Option<Value>,
    /// `If-Match`
    pub if_match: Option<String>,
}

impl Ask {
    /// The same with another value in one of the path's places.
    #[must_use]
    pub fn at(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        for (known, place) in &mut changed.at {
            if known == name {
                value.clone_into(place);
            }
        }
        changed
    }

    /// What stands in that place.
    #[must_use]
    pub fn place(&self, name: &str) -> &str {
        &self.at.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no place {name}")).1
    }

    /// The path and query.
    #[must_use]
    pub fn path(&self, operation: &Operation) -> String {
        let filled = operation
            .places()
            .iter()
            .fold(operation.path.clone(), |path, name| path.replace(&format!("{{{name}}}"), self.place(name)));
        if self.query.is_empty() { filled } else { format!("{filled}?{}", self.query) }
    }

    /// Sends it as somebody.
    pub async fn send(&self, operation: &Operation, client: &Client) -> Answer {
        let client = match &self.if_match {
            Some(tag) => client.with("if-match", tag),
            None => client.clone(),
        };
        client.send(operation.method.clone(), &self.path(operation), self.body.clone()).await
    }
}
