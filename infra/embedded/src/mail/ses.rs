//! `SendEmail` as `aws-sdk-sesv2` speaks it.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::inbox::Inbox;
use super::{Letter, Mode};

/// SES takes 40 MB after base64.
const MAIL_BYTES_MAX: usize = 40 * 1024 * 1024;

/// Marks an answer that must not be sent: the connection is dropped instead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hangup;

pub(super) fn routes(inbox: Arc<Inbox>) -> Router {
    let limit = DefaultBodyLimit::max(MAIL_BYTES_MAX);
    Router::new().route("/v2/email/outbound-emails", post(send)).layer(limit).with_state(inbox)
}

async fn send(State(inbox): State<Arc<Inbox>>, Json(asked): Json<Value>) -> Response {
    match inbox.mode() {
        Mode::Accept => take(&inbox, &asked),
        Mode::Refuse => refusal(StatusCode::BAD_REQUEST, "MessageRejected", "Email address is not verified."),
        Mode::Throttle => {
            refusal(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", "Maximum sending rate exceeded.")
        }
        Mode::Slow(pause) => {
            tokio::time::sleep(pause).await;
            take(&inbox, &asked)
        }
        Mode::LoseAnswer => {
            drop(take(&inbox, &asked));
            hangup()
        }
        Mode::Down => hangup(),
    }
}

fn take(inbox: &Inbox, asked: &Value) -> Response {
    let letter = match Letter::from_request(asked) {
        Ok(letter) => letter,
        Err(reason) => return refusal(StatusCode::BAD_REQUEST, "BadRequestException", reason),
    };
    match inbox.keep(letter) {
        Ok(message_id) => Json(json!({ "MessageId": message_id })).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "could not keep a mail");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceErrorException", "the mail could not be kept")
        }
    }
}

fn refusal(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], Json(json!({ "message": message }))).into_response()
}

fn hangup() -> Response {
    let mut answer = StatusCode::SERVICE_UNAVAILABLE.into_response();
    answer.extensions_mut().insert(Hangup);
    answer
}
