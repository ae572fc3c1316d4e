//! Passwords that a link sets.

use std::time::Duration;

use domain::EventKind;
use links::Link;
use serde_json::json;

use crate::portal::{Answer, Ask, Portal, now, pass};
use crate::seed::{ANN, PASSWORD, WEEK};

const OTHER: &str = "copper-Lantern-58";
const HOUR: Duration = Duration::from_secs(3600);

async fn ask(portal: &Portal, email: &str) {
    let asked = Ask::post("/v1/password-resets", json!({"email": email})).from("192.0.2.77");
    assert_eq!(portal.call(asked).await.expect(202).text, "");
}

async fn confirm(portal: &Portal, token: &str, password: &str) -> Answer {
    portal.call(Ask::post("/v1/password-resets/confirm", json!({"token": token, "password": password}))).await
}

/// Ann, who asked for a link; its token.
async fn asked(portal: &Portal) -> String {
    portal.ann().await;
    ask(portal, ANN).await;
    portal.link(Link::PasswordReset(portal.id_of(ANN).await), 1).await
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_every_session() {
    let portal = Portal::start().await;
    let token = asked(&portal).await;
    let session = portal.sign_in(ANN, PASSWORD).await.expect(201).token();
    confirm(&portal, &token, OTHER).await.expect(204);
    portal.call(Ask::get("/v1/me").by(&session)).await.problem(401, "session.required");
    portal.sign_in(ANN, PASSWORD).await.problem(401, "session.refused");
    let session = portal.sign_in(ANN, OTHER).await.expect(201).token();
    confirm(&portal, &token, PASSWORD).await.problem(409, "link.used");
    let me = portal.call(Ask::get("/v1/me").by(&session)).await.expect(200).json();
    assert_eq!(me["email_verified"], true, "the mailbox was proved");
    assert_eq!(portal.events(EventKind::PasswordReset).await.len(), 1);
}

#[tokio::test]
async fn a_weak_password_does_not_use_the_link_up() {
    let portal = Portal::start().await;
    let token = asked(&portal).await;
    for weak in ["", "short", "passwordpassword", &"x".repeat(257)] {
        confirm(&portal, &token, weak).await.problem(422, "password.weak");
    }
    confirm(&portal, &token, OTHER).await.expect(204);
}

#[tokio::test]
async fn a_link_works_for_an_hour_and_only_the_newest() {
    let portal = Portal::start().await;
    let token = asked(&portal).await;
    pass(HOUR);
    confirm(&portal, &token, OTHER).await.problem(409, "link.expired");
    ask(&portal, ANN).await;
    confirm(&portal, &token, OTHER).await.problem(409, "link.superseded");
    let newest = portal.link(Link::PasswordReset(portal.id_of(ANN).await), 2).await;
    pass(HOUR - Duration::from_millis(1));
    confirm(&portal, &newest, OTHER).await.expect(204);
}

#[tokio::test]
async fn a_password_changed_in_another_way_voids_the_link() {
    let portal = Portal::start().await;
    let token = asked(&portal).await;
    let session = portal.sign_in(ANN, PASSWORD).await.expect(201).token();
    let change = json!({"current_password": PASSWORD, "new_password": OTHER});
    portal.call(Ask::post("/v1/me/password", change).by(&session)).await.expect(204);
    confirm(&portal, &token, PASSWORD).await.problem(409, "link.used");
    portal.sign_in(ANN, OTHER).await.expect(201);
}

#[tokio::test]
async fn a_reset_ends_the_waiting_of_who_was_locked_out() {
    let portal = Portal::start().await;
    let token = asked(&portal).await;
    for _ in 0..10 {
        pass(Duration::from_secs(3));
        portal.sign_in(ANN, "wrong-Horse-12").await.problem(401, "session.refused");
    }
    pass(Duration::from_secs(3));
    portal.sign_in(ANN, PASSWORD).await.problem(401, "session.refused");
    confirm(&portal, &token, OTHER).await.expect(204);
    portal.sign_in(ANN, OTHER).await.expect(201);
}

#[tokio::test]
async fn who_is_suspended_cannot_reset_and_is_sent_no_link() {
    let portal = Portal::start().await;
    let token = asked(&portal).await;
    let root = portal.superadmin().await;
    let path = format!("/v1/users/{}/suspend", portal.id_of(ANN).await);
    portal.call(Ask::post(&path, json!({})).by(&root)).await.expect(200);
    confirm(&portal, &token, OTHER).await.problem(409, "link.used");
    pass(HOUR);
    ask(&portal, ANN).await;
    let newest = portal.events(EventKind::PasswordResetRequested).await.remove(0);
    assert_eq!(newest.reason.as_deref(), Some("account-suspended"));
    assert!(portal.events(EventKind::PasswordReset).await.is_empty());
}

#[tokio::test]
async fn who_waits_for_confirmation_gets_in_by_a_reset() {
    let portal = Portal::start().await;
    let eve = portal.waiting("eve@acme.example").await;
    ask(&portal, "EVE@acme.example").await;
    confirm(&portal, &portal.link(Link::PasswordReset(eve), 1).await, OTHER).await.expect(204);
    portal.sign_in("eve@acme.example", OTHER).await.expect(201);
    let verification = json!({"token": portal.link(Link::Verification(eve), 1).await});
    let late = portal.call(Ask::post("/v1/email-verifications/confirm", verification)).await;
    late.problem(409, "email.already-verified");
}

#[tokio::test]
async fn a_temporary_password_that_was_never_used_is_replaced_for_good() {
    let portal = Portal::start().await;
    let email = "new@acme.example";
    portal.newcomer(email, "kx7m-w2pd-temporary-one", now().plus(WEEK)).await;
    ask(&portal, email).await;
    let token = portal.link(Link::PasswordReset(portal.id_of(email).await), 1).await;
    confirm(&portal, &token, OTHER).await.expect(204);
    portal.sign_in(email, "kx7m-w2pd-temporary-one").await.problem(401, "session.refused");
    let started = portal.sign_in(email, OTHER).await.expect(201);
    assert_eq!(started.json()["password_change_required"], false);
    pass(WEEK);
    portal.sign_in(email, OTHER).await.expect(201);
}
