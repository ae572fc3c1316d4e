//! One request and its answer on a connection that serves nothing else.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::events::Events;
use crate::fault::Fault;

/// How much of an answer is read, in bytes, where the request says nothing else.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// How large an answer's head may be, in bytes.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// How many headers an answer may have.
const HEADERS_MAX: usize = 100;

/// Whether that is the data of the event that is waited for.
type IsWanted = Box<dyn Fn(&[u8]) -> bool + Send>;

/// How an answer is read.
pub(crate) struct Reading {
    pub(crate) bytes_max: usize,
    /// None = no stream of events is understood.
    pub(crate) is_wanted: Option<IsWanted>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { bytes_max: BODY_BYTES_MAX, is_wanted: None }
    }
}

impl Reading {
    /// What the header `Accept` says, where it is more than the request's own.
    pub(crate) fn takes(&self) -> Option<&'static str> {
        self.is_wanted.is_some().then_some("application/json, text/event-stream")
    }
}

/// Sends the request and reads the answer. The connection ends with the call, however that ends.
pub(crate) async fn exchange<S>(
    stream: S,
    request: http::Request<Full<Bytes>>,
    reading: Reading,
) -> Result<Answer, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX).max_header_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| fault(&error))?;
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let (head, body) = sender.send_request(request).await.map_err(|error| fault(&error))?.into_parts();
    if head.status.is_redirection() {
        return Err(Fault::Redirected);
    }
    let encoded = head.headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    if encoded || head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Fault::NotUnderstood);
    }
    let mut body = Limited { body, bytes_left: reading.bytes_max };
    let body = match reading.is_wanted.filter(|_| is_stream(&head.headers)) {
        Some(is_wanted) => wait(&mut body, is_wanted).await?,
        None => read(&mut body).await?,
    };
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

fn is_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream")
}

/// The whole body, copied, so that a drip of small pieces holds no more than its bytes.
async fn read(body: &mut Limited) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The data of the event that is waited for. A stream that ends before it is an answer that was cut off.
async fn wait(body: &mut Limited, is_wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>, Fault> {
    let mut events = Events::default();
    while let Some(piece) = body.next().await? {
        if let Some(data) = events.feed(&piece).into_iter().find(|data| is_wanted(data)) {
            return Ok(data);
        }
    }
    Err(Fault::CutOff)
}

/// A body of which no more is read than may be.
struct Limited {
    body: Incoming,
    bytes_left: usize,
}

impl Limited {
    /// The next piece; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            let announced = usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX);
            if announced > self.bytes_left {
                return Err(Fault::TooLarge);
            }
            let Some(frame) = self.body.frame().await else { return Ok(None) };
            let Ok(piece) = frame.map_err(|error| fault(&error))?.into_data() else { continue };
            self.bytes_left = self.bytes_left.checked_sub(piece.len()).ok_or(Fault::TooLarge)?;
            return Ok(Some(piece));
        }
    }
}

fn fault(error: &hyper::Error) -> Fault {
    match error {
        error if error.is_parse_too_large() => Fault::TooLarge,
        error if error.is_parse() || error.is_user() => Fault::NotUnderstood,
        _ => Fault::CutOff,
    }
}
