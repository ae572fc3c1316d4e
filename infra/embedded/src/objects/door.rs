//! The HTTP side of the store: request ids, CORS, checks before the signature, and forms.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpResponse, S3Error, S3Result, s3_error};

use super::protocol::Protocol;
use super::state::{RequestId, State};
use super::{form, signed};
use crate::events::Cause;
use crate::serve::Abort;

/// Forms are read into memory, so they end here; S3's own limit is 5 GB.
const FORM_BYTES_MAX: usize = 128 * 1024 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const HOST_ID: HeaderName = HeaderName::from_static("x-amz-id-2");

#[derive(Debug)]
pub(super) struct Door {
    service: S3Service,
    allowed_origins: Vec<String>,
}

impl Door {
    pub(super) fn new(state: &Arc<State>, allowed_origins: Vec<String>) -> Self {
        let mut builder = S3ServiceBuilder::new(Protocol(Arc::clone(state)));
        builder.set_auth(state.principals.clone());
        let mut config = S3Config::default();
        // s3s holds a form's date to this too, which S3 does not; module `signed` checks the date of everything else.
        config.presigned_url_max_skew_time_secs = u32::MAX;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        Self { service: builder.build(), allowed_origins }
    }

    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<HttpResponse, Abort> {
        let (mut parts, body) = request.into_parts();
        let id = crate::clock::fresh();
        parts.extensions.insert(RequestId(id.clone()));
        let origin = parts.headers.get(header::ORIGIN).cloned().filter(|origin| self.allows(origin));
        let mut answer = match self.respond(parts, body).await {
            Ok(answer) => answer,
            Err(refusal) => refusal.to_http_response()?,
        };
        let id = HeaderValue::from_str(&id)?;
        answer.headers_mut().insert(REQUEST_ID, id.clone());
        answer.headers_mut().insert(HOST_ID, id);
        if let Some(origin) = origin {
            share(answer.headers_mut(), origin);
        }
        Ok(answer)
    }

    async fn respond(&self, parts: Parts, body: Incoming) -> S3Result<HttpResponse> {
        if parts.method == Method::OPTIONS {
            return self.preflight(&parts.headers);
        }
        signed::check(&parts)?;
        match boundary(&parts) {
            Some(boundary) => self.post(parts, body, &boundary).await,
            None => self.pass(Request::from_parts(parts, Body::from(body))).await,
        }
    }

    async fn pass(&self, request: Request<Body>) -> S3Result<HttpResponse> {
        self.service
            .call(request)
            .await
            .map_err(|fault| S3Error::with_source(s3s::S3ErrorCode::InternalError, fault.into()))
    }

    /// A form is read whole, also one that is refused: a browser that is cut off while it sends never sees the answer.
    async fn post(&self, mut parts: Parts, body: Incoming, boundary: &str) -> S3Result<HttpResponse> {
        let whole = Limited::new(body, FORM_BYTES_MAX).collect().await;
        let whole =
            whole.map_err(|_| s3_error!(EntityTooLarge, "Your proposed upload exceeds the maximum allowed size"))?;
        let form = form::with_file_name(whole.to_bytes(), boundary);
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(form.len()));
        parts.extensions.insert(Cause::Post);
        let answer = self.pass(Request::from_parts(parts, Body::from(form))).await?;
        if answer.status() != StatusCode::BAD_REQUEST {
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        refused_by_policy(&body)?;
        Ok(Response::from_parts(parts, Body::from(body)))
    }

    fn preflight(&self, headers: &HeaderMap) -> S3Result<HttpResponse> {
        let allowed = headers.get(header::ORIGIN).is_some_and(|origin| self.allows(origin));
        if !allowed {
            return Err(s3_error!(AccessDenied, "CORSResponse: This CORS request is not allowed."));
        }
        let mut answer = Response::new(Body::empty());
        let shared = answer.headers_mut();
        shared.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, PUT"));
        shared.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3000"));
        if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            shared.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        Ok(answer)
    }

    fn allows(&self, origin: &HeaderValue) -> bool {
        self.allowed_origins.iter().any(|allowed| origin.as_bytes() == allowed.as_bytes())
    }
}

fn share(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag, Location, x-amz-request-id"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// The boundary of a POSTed form.
fn boundary(parts: &Parts) -> Option<String> {
    let kind = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let is_form = parts.method == Method::POST && kind.to_ascii_lowercase().starts_with("multipart/form-data");
    let (_, boundary) = kind.split_once("boundary=").filter(|_| is_form)?;
    Some(boundary.split(';').next()?.trim().trim_matches('"').to_owned())
}

/// S3 answers 403 where `s3s` says that the policy document is invalid.
fn refused_by_policy(answer: &Bytes) -> S3Result<()> {
    let text = String::from_utf8_lossy(answer);
    let message = text.split_once("<Message>Policy condition").and_then(|(_, rest)| rest.split_once("</Message>"));
    match message {
        Some((condition, _)) => {
            Err(s3_error!(AccessDenied, "Invalid according to Policy: Policy Condition failed:{condition}"))
        }
        None => Ok(()),
    }
}
