//! `If-Match`: an edit names the version that it was made on.

use axum::extract::FromRequestParts;
use domain::{Code, Error};
use http::header::IF_MATCH;
use http::request::Parts;

use crate::Problem;

/// The version of an `If-Match` header, which must be there.
pub struct IfMatch(pub u64);

/// The `ETag` of a version.
#[must_use]
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Error::new(Code::PreconditionRequired, "send the ETag that you read").at("If-Match");
        let sent = parts.headers.get(IF_MATCH).ok_or_else(missing)?;
        let text = sent.to_str().map_err(|_| Error::stale())?.trim();
        let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
        Ok(Self(version.ok_or_else(Error::stale)?))
    }
}
