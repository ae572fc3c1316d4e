//! Guessing.

use std::time::Duration;

use domain::EventKind;
use serde_json::json;

use crate::portal::{Ask, Portal, pass};
use crate::seed::{ANN, PASSWORD};

#[tokio::test]
async fn the_eleventh_attempt_is_refused_with_the_right_password_until_the_window_is_over() {
    let portal = Portal::start().await;
    portal.ann().await;
    let wrong = portal.sign_in(ANN, "Velvet-Orchard-31").await.neutral();
    for _ in 0..9 {
        portal.sign_in(ANN, "Velvet-Orchard-31").await.problem(401, "session.refused");
    }
    assert_eq!(portal.sign_in(ANN, PASSWORD).await.neutral(), wrong, "the wait must not show");
    let elsewhere = Ask::post("/v1/sessions", json!({"email": ANN, "password": PASSWORD})).from("192.0.2.2");
    portal.call(elsewhere).await.expect(201);
    pass(Duration::from_secs(15 * 60));
    portal.sign_in(ANN, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn no_fifteen_minutes_hold_more_than_ten_failures_wherever_they_begin() {
    let portal = Portal::start().await;
    portal.ann().await;
    portal.sign_in(ANN, "Velvet-Orchard-31").await.expect(401);
    pass(Duration::from_secs(15 * 60 - 1));
    for _ in 0..9 {
        portal.sign_in(ANN, "Velvet-Orchard-31").await.expect(401);
    }
    pass(Duration::from_secs(1));
    portal.sign_in(ANN, "Velvet-Orchard-31").await.expect(401);
    portal.sign_in(ANN, PASSWORD).await.problem(401, "session.refused");
    let events = portal.events(EventKind::SignInFailed).await;
    let compared = events.iter().filter(|event| event.reason.as_deref() == Some("wrong-password")).count();
    assert_eq!((events.len(), compared), (12, 11), "the first failure was over, nine of ten were not");
    pass(Duration::from_secs(15 * 60 - 1));
    portal.sign_in(ANN, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_change_of_the_password_says_how_many_failures_are_left_and_a_sign_in_does_not() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let change = async |from: &str| {
        let body = json!({ "current_password": from, "new_password": "velvet-Orchard-32" });
        portal.call(Ask::post("/v1/me/password", body).by(&token)).await
    };
    for left in [9, 8] {
        let refused = change("Velvet-Orchard-31").await.problem(422, "password.wrong");
        assert_eq!(refused.header("ratelimit"), format!("\"password\";r={left};t=900"));
        assert_eq!(refused.header("ratelimit-policy"), "\"password\";q=10;w=900");
    }
    assert_eq!(change(PASSWORD).await.expect(204).header("ratelimit"), "\"password\";r=10;t=0");
    assert_eq!(portal.sign_in(ANN, PASSWORD).await.expect(401).header("ratelimit"), "");
}

#[tokio::test]
async fn right_passwords_are_no_failures_however_many_come_at_once() {
    let portal = Portal::start().await;
    portal.ann().await;
    let attempts = (0..16).map(|_| portal.sign_in(ANN, PASSWORD));
    for answer in futures::future::join_all(attempts).await {
        answer.expect(201);
    }
}

#[tokio::test]
async fn a_change_of_the_password_forgives_the_attempts_before_it() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let change = async |from: &str, to: &str| {
        portal
            .call(Ask::post("/v1/me/password", json!({"current_password": from, "new_password": to})).by(&token))
            .await
    };
    for (from, to) in [(PASSWORD, "plum-Harbour-58"), ("plum-Harbour-58", PASSWORD)] {
        for _ in 0..9 {
            change("Velvet-Orchard-31", "birch-Lantern-77").await.problem(422, "password.wrong");
        }
        change(from, to).await.expect(204);
    }
    let refused = portal.events(EventKind::PasswordRefused).await;
    assert_eq!(refused.len(), 18);
    assert_eq!(refused[0].reason.as_deref(), Some("wrong-password"));
    assert!(portal.events(EventKind::SignInFailed).await.is_empty(), "nobody tried to sign in");
}

#[tokio::test]
async fn a_sign_in_forgives_the_attempts_before_it() {
    let portal = Portal::start().await;
    portal.ann().await;
    for _ in 0..2 {
        for _ in 0..9 {
            portal.sign_in(ANN, "Velvet-Orchard-31").await.expect(401);
        }
        portal.sign_in(ANN, PASSWORD).await.expect(201);
    }
}

#[tokio::test]
async fn of_64_attempts_at_once_ten_are_compared() {
    let portal = Portal::start().await;
    portal.ann().await;
    let attempts = (0..64).map(|_| portal.sign_in(ANN, "Velvet-Orchard-31"));
    for answer in futures::future::join_all(attempts).await {
        answer.problem(401, "session.refused");
    }
    let events = portal.events(EventKind::SignInFailed).await;
    let compared = events.iter().filter(|event| event.reason.as_deref() == Some("wrong-password")).count();
    assert_eq!((events.len(), compared), (64, 10));
}

#[tokio::test]
async fn a_stolen_session_cannot_guess_the_password_from_many_addresses() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let guess = |password: &str| {
        Ask::post("/v1/me/password", json!({"current_password": password, "new_password": "plum-Harbour-58"}))
            .by(&token)
    };
    for address in ["192.0.2.1", "192.0.2.2"].repeat(5) {
        portal.call(guess("Velvet-Orchard-31").from(address)).await.problem(422, "password.wrong");
    }
    let answer = portal.call(guess(PASSWORD).from("192.0.2.3")).await.problem(429, "request.too-many");
    assert_eq!(answer.header("retry-after"), "900");
    portal.sign_in(ANN, PASSWORD).await.expect(201);
}
