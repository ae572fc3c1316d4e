//! What a test says, and what it never says.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use journeys::{Client, Portal};
use serde_json::{Value, json};

const KEY: &str = "sk-live-0123456789abcdef";

/// A provider that speaks OpenAI's format and knows one key; which headers `authorization` it was sent.
async fn models(echo: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let sent = Arc::clone(&seen);
    let answer = move |request: Request| {
        let authorization = request.headers()["authorization"].to_str().unwrap().to_owned();
        sent.lock().unwrap().push(authorization.clone());
        async move {
            if authorization != format!("Bearer {KEY}") {
                return (StatusCode::UNAUTHORIZED, format!("{{\"error\":\"no such key: {authorization}\"}}"))
                    .into_response();
            }
            let named = if echo { KEY } else { "gpt-5-mini" };
            axum::Json(json!({ "object": "list", "data": [{ "id": named }, { "id": "gpt-5" }] })).into_response()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    (address, seen)
}

struct Tried {
    portal: Portal,
    ops: Client,
    org: String,
}

impl Tried {
    async fn start() -> Self {
        let portal = Portal::start().await;
        let (org, ops) = (portal.organization("Acme").await, portal.superadmin().await);
        Self { portal, ops, org }
    }

    /// A provider with that credential; its path.
    async fn provider(&self, body: Value, credential: Option<Value>) -> String {
        let list = format!("/v1/organizations/{}/providers", self.org);
        let made = self.ops.post(&list, body).await.expect_status(201);
        let path = format!("{list}/{}", made.text("id"));
        if let Some(credential) = credential {
            let with = self.ops.with("if-match", made.header("etag"));
            let _ = with.put(&format!("{path}/credential"), credential).await.expect_status(200);
        }
        path
    }

    async fn test(&self, provider: &str) -> Value {
        let answer = self.ops.act(&format!("{provider}/test")).await.expect_status(200);
        assert!(!String::from_utf8_lossy(answer.bytes()).contains(KEY), "the answer shows the credential");
        answer.json()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_knows_the_credential_works_and_names_its_models() {
    let tried = Tried::start().await;
    let (address, seen) = models(false).await;
    let own = json!({ "name": "Own", "type": "custom", "base_url": address });
    let path = tried.provider(own, Some(json!({ "api_key": KEY }))).await;
    let tested = tried.test(&path).await;
    assert_eq!((&tested["outcome"], &tested["models"]), (&json!("works"), &json!(["gpt-5-mini", "gpt-5"])));
    assert_eq!(*seen.lock().unwrap(), [format!("Bearer {KEY}")]);
    let events = format!("/v1/organizations/{}/audit-events?action=provider.tested", tried.org);
    let told = tried.ops.get(&events).await.expect_status(200).json();
    assert_eq!(told["items"][0]["changes"][0]["after"], "works");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_refused_or_echoed_is_never_passed_on() {
    let tried = Tried::start().await;
    let (echoing, _) = models(true).await;
    let path = tried
        .provider(json!({ "name": "Echo", "type": "custom", "base_url": echoing }), Some(json!({ "api_key": KEY })))
        .await;
    let tested = tried.test(&path).await;
    assert_eq!((&tested["outcome"], &tested["models"]), (&json!("works"), &json!(["gpt-5"])));
    let (address, _) = models(false).await;
    let wrong = json!({ "api_key": "sk-wrong-0123456789abcdef" });
    let path = tried.provider(json!({ "name": "Wrong", "type": "openai", "base_url": address }), Some(wrong)).await;
    let answer = tried.ops.act(&format!("{path}/test")).await.expect_status(200);
    assert_eq!(answer.json()["outcome"], "credential-refused");
    assert!(!String::from_utf8_lossy(answer.bytes()).contains("sk-wrong"), "what the provider answered is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tested_says_why_and_calls_nobody() {
    let tried = Tried::start().await;
    let (address, seen) = models(false).await;
    let path = tried.provider(json!({ "name": "No key", "type": "openai", "base_url": address }), None).await;
    assert_eq!(tried.test(&path).await["outcome"], "no-credential");
    assert!(seen.lock().unwrap().is_empty());
    let nobody = json!({ "name": "Nobody", "type": "custom", "base_url": "http://127.0.0.1:9/v1" });
    let path = tried.provider(nobody, Some(json!({ "api_key": KEY }))).await;
    assert_eq!(tried.test(&path).await["outcome"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_became_void_is_not_sent_to_the_new_address() {
    let tried = Tried::start().await;
    let ((first, _), (second, seen)) = (models(false).await, models(false).await);
    let path = tried
        .provider(json!({ "name": "Moved", "type": "openai", "base_url": first }), Some(json!({ "api_key": KEY })))
        .await;
    let _ = tried.ops.edit(&path, json!({ "base_url": second })).await.expect_status(200);
    assert_eq!(tried.test(&path).await["outcome"], "no-credential");
    assert!(seen.lock().unwrap().is_empty(), "the key went to another address than it was meant for");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_manages_providers_tests_them() {
    let tried = Tried::start().await;
    let path = tried.provider(json!({ "name": "Own", "type": "custom", "base_url": "http://127.0.0.1:9" }), None).await;
    let _ = tried.portal.visitor().act(&format!("{path}/test")).await.expect_status(401);
    let elsewhere = tried.portal.organization("Beta").await;
    let (_, id) = path.rsplit_once('/').unwrap();
    let foreign = format!("/v1/organizations/{elsewhere}/providers/{id}/test");
    let _ = tried.ops.act(&foreign).await.expect_status(404);
    let wrong = json!({ "model": "m", "api_key": KEY });
    let _ = tried.ops.post(&format!("{path}/test"), wrong).await.expect_status(400);
}
