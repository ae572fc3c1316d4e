//! The operations of the API, as its OpenAPI document lists them.

use std::fmt;

use reqwest::Method;
use serde_json::Value;

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path's pattern.
    pub path: String,
    /// What the document says of it.
    pub described: Value,
}

impl Operation {
    /// The names of its parameters in `path`, `query` or `header`.
    #[must_use]
    pub fn parameters(&self, place: &str) -> Vec<String> {
        let listed = self.described["parameters"].as_array().into_iter().flatten();
        let here = listed.filter(|parameter| parameter["in"] == place);
        here.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Whether that header is described, in any case.
    #[must_use]
    pub fn takes_header(&self, name: &str) -> bool {
        self.parameters("header").iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The names between braces in its path, in order.
    #[must_use]
    pub fn places(&self) -> Vec<&str> {
        self.path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}')).collect()
    }

    /// Whether anybody may come in, signed in or not.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.described.get("security").is_some()
    }

    /// Whether it takes a body.
    #[must_use]
    pub fn takes_body(&self) -> bool {
        self.described.get("requestBody").is_some()
    }

    /// Whether it may change something.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method != Method::GET
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Every operation, by path and method.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&local::openapi::json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let mut all: Vec<Operation> = paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, described)| (path, method, described))
        })
        .map(|(path, method, described)| Operation {
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            described: described.clone(),
        })
        .collect();
    all.sort_by_key(|operation| (operation.path.clone(), operation.method.to_string()));
    all
}
