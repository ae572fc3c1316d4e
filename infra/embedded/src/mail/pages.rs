//! Mails to look at, as pages and as JSON.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};

use super::Letter;
use super::inbox::Inbox;

/// Nothing in a mail may run or call out, whatever it contains.
const NO_SCRIPTS: [(&str, &str); 1] = [(
    "content-security-policy",
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
)];

#[derive(Clone)]
struct Pages {
    inbox: Arc<Inbox>,
    base: Arc<str>,
}

pub(super) fn routes(inbox: Arc<Inbox>, base: &str) -> Router {
    let at = |rest: &str| format!("{base}{rest}");
    let list = Router::new().route(base, get(list)).route(&at("/"), get(list));
    let routes = list.route(&at("/{id}"), get(show)).route(&at("/{id}/html"), get(html));
    routes.with_state(Pages { inbox, base: base.into() })
}

async fn list(State(Pages { inbox, base }): State<Pages>, headers: HeaderMap) -> Response {
    let mut letters = inbox.letters();
    letters.reverse();
    if wants_json(&headers) {
        return Json(letters).into_response();
    }
    let row = |letter: &Letter| {
        let (id, at, to) = (escaped(&letter.message_id), escaped(&letter.received_at), escaped(&letter.to.join(", ")));
        format!("<tr><td>{at}<td>{to}<td><a href=\"{base}/{id}\">{}</a>", escaped(&letter.subject))
    };
    let rows: String = letters.iter().map(row).collect();
    page("Mail", &format!("<table><tr><th>At<th>To<th>Subject{rows}</table>"))
}

async fn show(State(Pages { inbox, .. }): State<Pages>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Some(letter) = inbox.letter(&id) else { return StatusCode::NOT_FOUND.into_response() };
    if wants_json(&headers) {
        return Json(letter).into_response();
    }
    let text = letter.text.as_deref().map(|text| format!("<pre>{}</pre>", escaped(text))).unwrap_or_default();
    let html = letter.html.as_deref().map(|html| format!("<iframe sandbox srcdoc=\"{}\"></iframe>", escaped(html)));
    let (from, to) = (escaped(&letter.from), escaped(&letter.to.join(", ")));
    let body = format!("<p>{}<br>{from} → {to}</p>{text}{}", escaped(&letter.received_at), html.unwrap_or_default());
    page(&letter.subject, &body)
}

async fn html(State(Pages { inbox, .. }): State<Pages>, Path(id): Path<String>) -> Response {
    match inbox.letter(&id).and_then(|letter| letter.html) {
        Some(html) => (NO_SCRIPTS, Html(html)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"))
}

fn page(title: &str, body: &str) -> Response {
    let title = escaped(title);
    let style = "body{font:16px sans-serif;max-width:60rem;margin:2rem auto}td,th{padding:.2rem 1rem .2rem 0;text-align:left}\
                 pre{white-space:pre-wrap}iframe{width:100%;height:30rem;border:1px solid}";
    let head = format!("<!doctype html><meta charset=\"utf-8\"><title>{title}</title><style>{style}</style>");
    (NO_SCRIPTS, Html(format!("{head}<h1>{title}</h1>{body}"))).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
