//! The outermost layer: gives each request its id, keeps other sites and panics out, and is the one place that turns an
//! error into bytes and logs it.

use std::any::Any;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use domain::{Code, Error};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::problem::ProblemView;
use crate::rate_limit::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::visitor::Tracked;
use crate::{Core, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a refusal keeps of the answer that it came with.
const KEPT: [HeaderName; 3] = [ALLOW, RATE_LIMIT, RATE_LIMIT_POLICY];

/// Wraps all routes of a function, or of all functions on one machine.
pub fn finish(router: Router, core: &Core) -> Router {
    router
        .fallback(async || Problem::from(Error::not_found()))
        .method_not_allowed_fallback(async || {
            Problem::from(Error::new(Code::MethodNotAllowed, "the route has other methods"))
        })
        .layer(own_site(&core.settings.public_url))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(core.clone(), conclude))
}

/// Requests that change something come from our own pages or from no browser at all.
fn own_site(public_url: &str) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let refuse: fn(ProtectionError) -> Response =
        |_| Problem::from(Error::new(Code::CrossSite, "the request came from another site")).into_response();
    let layer = CsrfLayer::new().with_rejection_response(refuse);
    // An address that is no origin trusts nobody beyond the request's own host.
    layer.clone().add_trusted_origin(public_url.trim_end_matches('/')).unwrap_or(layer)
}

async fn conclude(State(core): State<Core>, mut request: Request, next: Next) -> Response {
    let id = core.mint().id::<domain::id::Request>();
    request.extensions_mut().insert(Tracked(id));
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let kept = KEPT.map(|name| response.headers_mut().remove(&name).map(|value| (name, value)));
        log(&problem.0, &id.to_string());
        response = written(&problem.0, id.to_string());
        response.headers_mut().extend(kept.into_iter().flatten());
    }
    let headers = response.headers_mut();
    headers.extend(HeaderValue::from_str(&id.to_string()).ok().map(|value| (REQUEST_ID, value)));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    headers.insert("strict-transport-security", HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    response
}

fn written(error: &Error, request_id: String) -> Response {
    let status = crate::status(error.code());
    let mut response = (status, Json(ProblemView::of(error, request_id))).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.extend(error.retry_after_seconds().map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn log(error: &Error, request: &str) {
    let (problem, pointer) = (error.code().slug(), error.pointer());
    match std::error::Error::source(error) {
        Some(source) => tracing::error!(request, problem, pointer, source = %source, "failed"),
        None => tracing::info!(request, problem, pointer, "refused"),
    }
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::from(Error::internal("a handler panicked")).into_response()
}
