//! JSON bodies: of the right type and size, without unknown fields, refused with a pointer and never with an echo.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use domain::{Code, Error};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::Idempotency;

use crate::Problem;

/// The largest body: 256 KiB.
const BYTES_MAX: usize = 256 * 1024;

/// A body.
pub struct Body<T>(pub T);

/// A body that may be left out.
pub struct OptionalBody<T>(pub Option<T>);

/// What a body may hold where nothing needs to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The body of a request that makes something, with its `Idempotency-Key` if there is one.
pub struct Once<T>(pub T, pub Option<Idempotency>);

/// The `Idempotency-Key`, if there is one, of a request that does something and has nothing to say in a body.
pub struct Keyed(pub Option<Idempotency>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let patch = request.method() == Method::PATCH;
        media_type(request.headers(), patch)?;
        Ok(Self(parse(&collect(request).await?)?))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let bytes = collect(request).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        media_type(&headers, false)?;
        parse(&bytes).map(|body| Self(Some(body))).map_err(Problem::from)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Once<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        media_type(request.headers(), false)?;
        let key = idempotency_key(request.headers())?;
        let asked = format!("{} {}", request.method(), request.uri().path());
        let bytes = collect(request).await?;
        let value = parse(&bytes)?;
        Ok(Self(value, key.map(|key| Idempotency { key, fingerprint: fingerprint(&asked, &bytes) })))
    }
}

impl<S: Send + Sync> FromRequest<S> for Keyed {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let key = idempotency_key(&headers)?;
        let asked = format!("{} {}", request.method(), request.uri().path());
        let bytes = collect(request).await?;
        if !bytes.is_empty() {
            media_type(&headers, false)?;
            let Nothing {} = parse(&bytes)?;
        }
        Ok(Self(key.map(|key| Idempotency { key, fingerprint: fingerprint(&asked, &bytes) })))
    }
}

/// An `Idempotency-Key` of 1 to 255 visible characters.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let refused = || Error::new(Code::Malformed, "must be 1 to 255 visible ASCII characters").at("Idempotency-Key");
    let key = value.to_str().map_err(|_| refused())?.trim();
    let fits = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    fits.then(|| Some(key.to_owned())).ok_or_else(refused)
}

fn fingerprint(asked: &str, body: &[u8]) -> String {
    let hash = Sha256::new().chain_update(asked).chain_update([0]).chain_update(body).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn media_type(headers: &HeaderMap, patch: bool) -> Result<(), Error> {
    let plain = |coding: &HeaderValue| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        let words = "bodies are taken as they are, without a content coding";
        return Err(Error::new(Code::UnsupportedMediaType, words).at("Content-Encoding"));
    }
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let fits = essence == "application/json" || (patch && essence == "application/merge-patch+json");
    let words =
        if patch { "must be application/merge-patch+json or application/json" } else { "must be application/json" };
    fits.then_some(()).ok_or_else(|| Error::new(Code::UnsupportedMediaType, words).at("Content-Type"))
}

async fn collect(request: Request) -> Result<Bytes, Error> {
    match Limited::new(request.into_body(), BYTES_MAX).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(why) if why.is::<LengthLimitError>() => Err(Error::new(Code::TooLarge, "the body is larger than 256 KiB")),
        Err(_) => Err(Error::new(Code::Malformed, "the body ended too early")),
    }
}

/// Every body is an object; the parser would take an array of its values as well.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    if matches!(bytes.trim_ascii_start().first(), Some(b'[')) {
        return Err(Error::new(Code::Malformed, "the body must be a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|why| refusal(&why))?;
    json.end().map_err(|_| Error::new(Code::Malformed, "there is something behind the JSON value"))?;
    Ok(value)
}

/// Says what is wrong and where, without a word of what was sent: it may be a secret in the wrong place.
fn refusal(why: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    use serde_json::error::Category;
    let told = why.inner().to_string();
    if told.starts_with("unknown field") && !names_a_field(why.path()) {
        return Error::new(Code::Malformed, "there is a field that is none of this request");
    }
    let pointer = pointer(why.path());
    match why.inner().classify() {
        Category::Syntax | Category::Eof | Category::Io => Error::new(Code::Malformed, "the body is not valid JSON"),
        Category::Data if told.starts_with("must be") => {
            let words = told.split(" at line ").next().unwrap_or_default().to_owned();
            Error::new(Code::Invalid, words).at(pointer)
        }
        Category::Data => Error::new(Code::Malformed, shape(&told)).at(pointer),
    }
}

fn shape(told: &str) -> &'static str {
    let known = [
        ("unknown field", "is not a field of this request"),
        ("missing field", "a field is missing"),
        ("duplicate field", "stands there twice"),
        ("unknown variant", "is not one of the values that are taken"),
        ("invalid length", "has the wrong number of elements"),
    ];
    known.iter().find(|(begin, _)| told.starts_with(begin)).map_or("has the wrong type", |(_, words)| words)
}

/// Whether the last step could be some request's field, or the misspelling of one: a secret that was pasted as a name could not.
fn names_a_field(path: &serde_path_to_error::Path) -> bool {
    let is_name = |key: &str| key.len() <= 40 && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    matches!(path.iter().next_back(), Some(serde_path_to_error::Segment::Map { key }) if is_name(key))
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => {
            format!("/{}", key.chars().take(64).collect::<String>().replace('~', "~0").replace('/', "~1"))
        }
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}
