//! `GET /`, `GET /docs`, `GET /v1/openapi.json`: what was written when the product was built, from memory.

use std::sync::LazyLock;

use api::{Reply, etag};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest, Sha256};

use crate::render::STYLE;

pub(crate) static OPENAPI: &str = include_str!("../../../infra/openapi/openapi.json");
static DOCS: &str = include_str!("../../../infra/openapi/docs.html");
static HOME: &str = include_str!("home.html");

/// Nothing but the page's own style, which its hash names: no script, no request, no frame, no form.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The sign-post.
pub(crate) async fn home(headers: HeaderMap) -> Reply {
    static VERSION: LazyLock<u64> = LazyLock::new(|| version(HOME));
    static PAGE: LazyLock<String> = LazyLock::new(|| HOME.replace("{style}", STYLE));
    written(&headers, &PAGE, "text/html; charset=utf-8", *VERSION)
}

/// The documentation.
pub(crate) async fn docs(headers: HeaderMap) -> Reply {
    static VERSION: LazyLock<u64> = LazyLock::new(|| version(DOCS));
    written(&headers, DOCS, "text/html; charset=utf-8", *VERSION)
}

/// Read this description
///
/// The whole API as an OpenAPI 3.1 document; `/docs` shows the same to people.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "About the API", security(()), responses(
    (status = 200, description = "The document", body = Object, headers(("ETag" = String))),
    (status = 304, description = "`If-None-Match` names this version")))]
pub(crate) async fn openapi(headers: HeaderMap) -> Reply {
    static VERSION: LazyLock<u64> = LazyLock::new(|| version(OPENAPI));
    written(&headers, OPENAPI, "application/json", *VERSION)
}

fn written(asked: &HeaderMap, text: &'static str, kind: &'static str, version: u64) -> Reply {
    let tag = etag(version);
    let known = asked.get(IF_NONE_MATCH).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    let same = known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag);
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { text.into_response() };
    let headers = response.headers_mut();
    headers.insert(ETAG, HeaderValue::from_str(&tag).map_err(Error::internal)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&POLICY).map_err(Error::internal)?);
    Ok(response)
}

/// A number that follows from the text.
fn version(text: &str) -> u64 {
    Sha256::digest(text).iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
