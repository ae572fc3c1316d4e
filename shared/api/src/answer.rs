//! Answers: a view as JSON, with its status and headers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::{Problem, etag};

/// What every handler returns.
pub type Reply = Result<Response, Problem>;

/// 200 with a view.
///
/// # Errors
/// None; the result saves callers an `Ok`.
pub fn ok(view: impl Serialize) -> Reply {
    Ok(Json(view).into_response())
}

/// 200 with a view that can be edited.
///
/// # Errors
/// None.
pub fn ok_tagged(view: impl Serialize, version: u64) -> Reply {
    Ok((tags(version, None), Json(view)).into_response())
}

/// 201 with a view, its version and its address.
///
/// # Errors
/// None.
pub fn created(view: impl Serialize, version: u64, location: &str) -> Reply {
    Ok((StatusCode::CREATED, tags(version, Some(location)), Json(view)).into_response())
}

/// 202 with something to poll.
///
/// # Errors
/// None.
pub fn accepted(view: impl Serialize, location: &str) -> Reply {
    let mut response = (StatusCode::ACCEPTED, Json(view)).into_response();
    insert(response.headers_mut(), LOCATION, location);
    Ok(response)
}

/// 204.
///
/// # Errors
/// None.
pub fn no_content() -> Reply {
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn tags(version: u64, location: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    insert(&mut headers, ETAG, &etag(version));
    if let Some(location) = location {
        insert(&mut headers, LOCATION, location);
    }
    headers
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
