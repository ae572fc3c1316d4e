//! Changing the password.

use domain::{Code, EventKind};
use serde_json::json;

use crate::portal::{Answer, Ask, Portal, pass};
use crate::seed::{ANN, FIRST, PASSWORD, ROOT, WEEK};

const NEXT: &str = "plum-Harbour-58";

async fn change(portal: &Portal, token: &str, from: &str, to: &str) -> Answer {
    let body = json!({"current_password": from, "new_password": to});
    portal.call(Ask::post("/v1/me/password", body).by(token)).await
}

#[tokio::test]
async fn before_the_forced_change_nothing_opens_and_after_it_everything() {
    let portal = Portal::start().await;
    portal.bootstrap().await;
    let answer = portal.sign_in(ROOT, FIRST).await.expect(201);
    assert_eq!(answer.json()["password_change_required"], true);
    let token = answer.token();
    let me = portal.call(Ask::get("/v1/me").by(&token)).await.expect(200);
    let closed = [Ask::get("/v1/sessions"), Ask::delete("/v1/sessions/others"), Ask::get("/v1/users?email=a@b.co")];
    let edit = Ask::patch("/v1/me", json!({"display_name": "Root"}));
    for ask in closed.clone().into_iter().chain([edit.clone().version(&me.header("etag"))]) {
        portal.call(ask.by(&token)).await.problem(403, "password.change-required");
    }
    change(&portal, &token, FIRST, PASSWORD).await.expect(204);
    let after = portal.call(Ask::get("/v1/me").by(&token)).await;
    assert_eq!(after.json()["password_change_required"], false);
    assert_ne!(after.header("etag"), me.header("etag"), "the profile shows another thing");
    for ask in closed.into_iter().chain([edit.version(&after.header("etag"))]) {
        let answer = portal.call(ask.by(&token)).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }
}

#[tokio::test]
async fn somebody_who_must_change_the_password_can_sign_out() {
    let portal = Portal::start().await;
    portal.bootstrap().await;
    let token = portal.sign_in(ROOT, FIRST).await.token();
    portal.call(Ask::delete("/v1/sessions/current").by(&token)).await.expect(204);
    portal.call(Ask::get("/v1/me").by(&token)).await.problem(401, "session.required");
}

#[tokio::test]
async fn a_change_ends_the_other_sessions_and_the_old_password() {
    let portal = Portal::start().await;
    portal.ann().await;
    let (here, there) = (portal.sign_in(ANN, PASSWORD).await.token(), portal.sign_in(ANN, PASSWORD).await.token());
    change(&portal, &here, PASSWORD, NEXT).await.expect(204);
    portal.call(Ask::get("/v1/me").by(&here)).await.expect(200);
    portal.call(Ask::get("/v1/me").by(&there)).await.problem(401, "session.required");
    portal.sign_in(ANN, PASSWORD).await.problem(401, "session.refused");
    let anew = portal.sign_in(ANN, NEXT).await.expect(201).token();
    portal.call(Ask::get("/v1/me").by(&anew)).await.expect(200);
}

#[tokio::test]
async fn a_wrong_or_weak_or_unchanged_password_changes_nothing_and_names_its_field() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let wrong = change(&portal, &token, "Velvet-Orchard-31", NEXT).await.problem(422, "password.wrong");
    assert_eq!(wrong.json()["errors"][0]["pointer"], "/current_password");
    let long = "q7".repeat(129);
    for weak in ["short", "password1234", PASSWORD, &long] {
        let refused = change(&portal, &token, PASSWORD, weak).await.problem(422, "password.weak");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/new_password");
    }
    portal.sign_in(ANN, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_superadmin_whose_password_was_lost_gets_another_one_from_the_operator() {
    let portal = Portal::start().await;
    let token = portal.superadmin().await;
    portal.reset(ROOT, "second-one-time-password").await.unwrap();
    portal.reset(&ROOT.to_uppercase(), "third-one-time-password").await.unwrap();
    portal.call(Ask::get("/v1/me").by(&token)).await.problem(401, "session.required");
    for dead in [PASSWORD, "second-one-time-password"] {
        portal.sign_in(ROOT, dead).await.problem(401, "session.refused");
    }
    let answer = portal.sign_in(ROOT, "third-one-time-password").await.expect(201);
    assert_eq!(answer.json()["password_change_required"], true);
    change(&portal, &answer.token(), "third-one-time-password", NEXT).await.expect(204);
    portal.sign_in(ROOT, NEXT).await.expect(201);
    assert_eq!(portal.events(EventKind::PasswordReset).await.len(), 2);
}

#[tokio::test]
async fn a_reset_one_time_password_dies_after_a_week() {
    let portal = Portal::start().await;
    portal.bootstrap().await;
    portal.reset(ROOT, "second-one-time-password").await.unwrap();
    pass(WEEK);
    portal.sign_in(ROOT, "second-one-time-password").await.problem(401, "session.refused");
    portal.reset(ROOT, "third-one-time-password").await.unwrap();
    portal.sign_in(ROOT, "third-one-time-password").await.expect(201);
}

#[tokio::test]
async fn the_operator_resets_the_password_of_superadmins_alone() {
    let portal = Portal::start().await;
    portal.ann().await;
    for email in [ANN, "nobody@acme.example"] {
        assert_eq!(portal.reset(email, "second-one-time-password").await.unwrap_err().code(), Code::NotFound);
    }
    portal.sign_in(ANN, PASSWORD).await.expect(201);
    assert!(portal.events(EventKind::PasswordReset).await.is_empty());
}
