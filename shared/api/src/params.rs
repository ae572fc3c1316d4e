//! Query parameters: unknown ones are refused.

use axum::extract::FromRequestParts;
use domain::{Code, Error};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::Problem;

/// The query's parameters; `T` denies unknown fields.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if !is_text(query) {
            return Err(Error::new(Code::Malformed, "the parameters must be printable UTF-8").into());
        }
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|why| {
            let (name, told) = (why.path().to_string(), why.inner().to_string());
            let words = match told.as_str() {
                told if told.starts_with("must be") => told.to_owned(),
                told if told.starts_with("unknown field") => "is not a parameter of this route".to_owned(),
                told if told.starts_with("duplicate field") => "stands there twice".to_owned(),
                told if told.starts_with("missing field") => "a parameter is missing".to_owned(),
                _ => "has a value that is not taken".to_owned(),
            };
            Problem::from(Error::new(Code::Malformed, words).at(name))
        })
    }
}

/// Whether the decoded query is UTF-8 without control characters; the parser would put a mark in the place of what is not.
fn is_text(query: &str) -> bool {
    percent_encoding::percent_decode_str(query)
        .decode_utf8()
        .is_ok_and(|decoded| !decoded.chars().any(char::is_control))
}
