//! What a request for a link tells of an account: nothing, neither by its answer nor by the steps it takes.

use std::time::Duration;

use domain::EventKind;
use serde_json::json;

use crate::portal::{Ask, Mortal, Portal, pass};
use crate::seed::ANN;

/// The answer, and what the database was asked.
async fn seen(mortal: &Mortal, path: &str, email: &str) -> (u16, String, Vec<String>) {
    pass(Duration::from_secs(15 * 60));
    let _ = mortal.proxy.take_log();
    let answer = mortal.call(Ask::post(path, json!({"email": email}))).await;
    let calls = mortal.proxy.take_log().into_iter().map(|call| call.operation);
    let mut calls: Vec<String> = calls.collect();
    // The first two are made side by side.
    calls[..2].sort_unstable();
    (answer.status.as_u16(), answer.text, calls)
}

#[tokio::test]
async fn a_request_for_a_link_takes_the_same_steps_whoever_it_is_about() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    portal.waiting("waits@acme.example").await;
    let suspended = portal.waiting("suspended@acme.example").await;
    portal.call(Ask::post(&format!("/v1/users/{suspended}/suspend"), json!({})).by(&root)).await.expect(200);
    let confirmed = portal.waiting("confirmed@acme.example").await;
    portal.call(Ask::post(&format!("/v1/users/{confirmed}/verify"), json!({})).by(&root)).await.expect(200);
    let mortal = portal.mortal().await;
    let wanted = ["GetItem", "UpdateItem", "GetItem", "TransactWriteItems"].map(str::to_owned).to_vec();
    for path in ["/v1/email-verifications", "/v1/password-resets"] {
        for who in [ANN, "waits@acme.example", "suspended@acme.example", "confirmed@acme.example", "x@nobody.example"] {
            assert_eq!(seen(&mortal, path, who).await, (202, String::new(), wanted.clone()), "{path} {who}");
        }
    }
    let asked = portal.events(EventKind::PasswordResetRequested).await;
    let reasons: Vec<_> = asked.iter().rev().map(|event| event.reason.as_deref()).collect();
    assert_eq!(reasons, [None, None, Some("account-suspended"), None, Some("unknown-account")]);
    let asked = portal.events(EventKind::EmailVerificationSent).await;
    let reasons: Vec<_> = asked.iter().rev().map(|event| event.reason.as_deref()).collect();
    let verified = Some("already-verified");
    assert_eq!(reasons, [None, None, Some("account-suspended"), verified, Some("unknown-account")]);
}

#[tokio::test]
async fn no_record_of_a_request_holds_an_e_mail_that_nobody_has() {
    let portal = Portal::start().await;
    portal.call(Ask::post("/v1/password-resets", json!({"email": "hunter2@typed.example"}))).await.expect(202);
    let event = portal.events(EventKind::PasswordResetRequested).await.remove(0);
    assert!(!serde_json::to_string(&event).unwrap().contains("hunter2"), "{event:?}");
}
