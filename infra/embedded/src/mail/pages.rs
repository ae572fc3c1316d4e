//! Mails to look at, as pages and as JSON.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};

use super::inbox::Inbox;
use super::{Feedback, Letter};

/// Nothing in a mail may run or call out, whatever it contains.
const NO_SCRIPTS: [(&str, &str); 1] = [(
    "content-security-policy",
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
)];

/// The same for the pages around a mail, whose own HTML lies in a frame of its own: they have buttons.
const BUTTONS: [(&str, &str); 1] = [(
    "content-security-policy",
    "sandbox allow-forms allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     frame-src 'self'; form-action 'self'",
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
    let routes = Feedback::ALL.into_iter().fold(routes, |routes, feedback| {
        let told = async move |State(pages): State<Pages>, Path(id): Path<String>, headers: HeaderMap| {
            tell(&pages, &id, feedback, &headers).await
        };
        routes.route(&at(&format!("/{{id}}/{}", feedback.verb())), post(told))
    });
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

/// A browser is led back to the mail; a program gets 204.
async fn tell(Pages { inbox, base }: &Pages, id: &str, feedback: Feedback, headers: &HeaderMap) -> Response {
    let by_browser = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    match inbox.tell(id, feedback).await {
        Ok(true) if by_browser => Redirect::to(&format!("{base}/{id}")).into_response(),
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(why) => (StatusCode::INTERNAL_SERVER_ERROR, why).into_response(),
    }
}

async fn show(State(Pages { inbox, base }): State<Pages>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Some(letter) = inbox.letter(&id) else { return StatusCode::NOT_FOUND.into_response() };
    if wants_json(&headers) {
        return Json(letter).into_response();
    }
    let text = letter.text.as_deref().map(|text| format!("<pre>{}</pre>", escaped(text))).unwrap_or_default();
    let html = letter.html.as_deref().map(|html| format!("<iframe sandbox srcdoc=\"{}\"></iframe>", escaped(html)));
    let (from, to) = (escaped(&letter.from), escaped(&letter.to.join(", ")));
    let button = |feedback: Feedback| {
        let (verb, id) = (feedback.verb(), escaped(&letter.message_id));
        format!("<form method=\"post\" action=\"{base}/{id}/{verb}\"><button>{}</button></form>", feedback.label())
    };
    let buttons: String = Feedback::ALL.into_iter().map(button).collect();
    let at = escaped(&letter.received_at);
    let body =
        format!("<p>{at}<br>{from} → {to}</p>{text}{}<h2>Tell that it …</h2>{buttons}", html.unwrap_or_default());
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
    (BUTTONS, Html(format!("{head}<h1>{title}</h1>{body}"))).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
