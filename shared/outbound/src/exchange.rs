//! One request and its answer on a connection that serves nothing else.

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_ENCODING;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::fault::Fault;

/// How much of an answer is read, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// How large an answer's head may be, in bytes.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// How many headers an answer may have.
const HEADERS_MAX: usize = 100;

/// Sends the request and reads the whole answer. The connection ends with the call, however that ends.
pub(crate) async fn exchange<S>(stream: S, request: http::Request<Full<Bytes>>) -> Result<Answer, Fault>
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
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: read(body).await? })
}

/// The whole body, copied, so that a drip of small pieces holds no more than its bytes.
async fn read(mut body: Incoming) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    loop {
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if bytes.len().saturating_add(announced) > BODY_BYTES_MAX {
            return Err(Fault::TooLarge);
        }
        let Some(frame) = body.frame().await else { return Ok(bytes) };
        let Ok(piece) = frame.map_err(|error| fault(&error))?.into_data() else { continue };
        if bytes.len().saturating_add(piece.len()) > BODY_BYTES_MAX {
            return Err(Fault::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
}

fn fault(error: &hyper::Error) -> Fault {
    match error {
        error if error.is_parse_too_large() => Fault::TooLarge,
        error if error.is_parse() || error.is_user() => Fault::NotUnderstood,
        _ => Fault::CutOff,
    }
}
