//! What works while the vault does not answer.

use std::sync::Arc;

use axum::body::Body;
use http_body_util::BodyExt;
use journeys::PASSWORD;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::place::Place;

/// The function on the tables of the stack, with a vault at which nobody answers.
struct Alone {
    router: axum::Router,
    token: String,
}

impl Alone {
    async fn beside(place: &Place) -> Self {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = vault::Config {
            address: format!("http://{closed}"),
            login: vault::Login::Token(vault::Secret::new(b"none".to_vec())),
            mount_kv: "secret".to_owned(),
            mount_transit: "transit".to_owned(),
        };
        let vault = vault::Vault::new(config, Arc::new(start::monotonic)).unwrap_or_else(|fault| panic!("{fault}"));
        let sealer = seal::Sealer::new(vault.clone(), Arc::new(start::monotonic));
        let stack = place.portal.stack();
        let settings = api::Settings { public_url: stack.card().api.clone() };
        let core = api::Core { store: stack.store().clone(), settings, clock: start::clock, random: start::random };
        let router = api::finish(
            providers::router(providers::App::new(core.clone(), vault.clone(), sealer, outbound::Allowed::default())),
            &core,
        );
        let signed_in = place.portal.visitor().try_sign_in("owner@acme.example", PASSWORD).await.expect_status(201);
        Self { router, token: signed_in.text("token") }
    }

    /// The status, the body, and whether it says when to come again.
    async fn ask(&self, method: &str, path: &str, version: u64, body: Value) -> (u16, Value, bool) {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request = http::Request::builder().method(method).uri(path).header("content-type", kind);
        let request = request.header("if-match", format!("\"{version}\""));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let (head, body) = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let retry = head.headers.contains_key("retry-after");
        (head.status.as_u16(), serde_json::from_slice(&bytes).unwrap_or_default(), retry)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_but_storing_a_credential_works_without_the_vault_and_that_says_when_to_come_again() {
    let place = Place::start().await;
    let path = place.custom().await;
    let _ = place.store(&path, json!({ "api_key": "k" })).await.expect_status(200);
    let alone = Alone::beside(&place).await;
    let (status, told, retry) =
        alone.ask("PUT", &format!("{path}/credential"), 2, json!({ "api_key": "another" })).await;
    assert_eq!((status, retry), (503, true), "{told}");
    assert_eq!(alone.ask("GET", &place.list(), 0, Value::Null).await.0, 200);
    assert_eq!(alone.ask("GET", &path, 0, Value::Null).await.1["credential"]["version"], 1, "the old one holds");
    assert_eq!(alone.ask("POST", &place.list(), 0, json!({ "name": "More", "type": "openai" })).await.0, 201);
    let (status, edited, _) = alone.ask("PATCH", &path, 2, json!({ "base_url": "https://other.example" })).await;
    assert_eq!((status, &edited["credential"]), (200, &Value::Null), "void at once, whatever the vault does");
    assert_eq!(alone.ask("DELETE", &format!("{path}/credential"), 0, Value::Null).await.0, 204);
    assert_eq!(alone.ask("DELETE", &path, 0, Value::Null).await.0, 204);
    assert_eq!(place.owner().get(&path).await.status(), 404);
}
