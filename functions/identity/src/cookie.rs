//! The session's cookie: for this host alone, over TLS alone, out of reach of scripts.

use api::SESSION_COOKIE;
use domain::session::LIFETIME;
use domain::{Error, Result};
use http::HeaderValue;

const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";

/// Gives the token to a browser, for as long as a session can live.
pub(crate) fn set(token: &str) -> Result<HeaderValue> {
    header(&format!("{SESSION_COOKIE}={token}; Max-Age={}; {ATTRIBUTES}", LIFETIME.as_secs()))
}

/// Takes it away.
pub(crate) fn clear() -> Result<HeaderValue> {
    header(&format!("{SESSION_COOKIE}=; Max-Age=0; {ATTRIBUTES}"))
}

fn header(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(Error::internal)
}
