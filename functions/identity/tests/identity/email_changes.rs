//! Another e-mail for an account.

use std::time::Duration;

use domain::EventKind;
use links::Link;
use serde_json::json;

use crate::portal::{Answer, Ask, Portal, pass};
use crate::seed::{ANN, PASSWORD};

const NEW: &str = "Ann.Lee@New.example";
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn ask(portal: &Portal, session: &str, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    portal.call(Ask::post("/v1/me/email", body).by(session)).await
}

async fn confirm(portal: &Portal, version: u64) -> Answer {
    let ann = match portal.store.login(&ANN.parse().unwrap()).await.unwrap() {
        Some(login) => login.user,
        None => portal.id_of(NEW).await,
    };
    let token = portal.link(Link::EmailChange(ann), version).await;
    portal.call(Ask::post("/v1/email-changes/confirm", json!({"token": token}))).await
}

async fn ann(portal: &Portal) -> String {
    portal.ann().await;
    portal.sign_in(ANN, PASSWORD).await.expect(201).token()
}

#[tokio::test]
async fn nothing_changes_before_the_new_address_is_proved_and_then_everything_moves() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    ask(&portal, &session, NEW, PASSWORD).await.expect(202);
    let event = portal.events(EventKind::EmailChangeRequested).await.remove(0);
    assert_eq!((event.changes[0].before.clone(), event.changes[0].after.clone()), (Some(json!(ANN)), Some(json!(NEW))));
    portal.sign_in(ANN, PASSWORD).await.expect(201);
    portal.sign_in(NEW, PASSWORD).await.problem(401, "session.refused");
    confirm(&portal, 1).await.expect(204);
    portal.call(Ask::get("/v1/me").by(&session)).await.problem(401, "session.required");
    portal.sign_in(ANN, PASSWORD).await.problem(401, "session.refused");
    let session = portal.sign_in(NEW, PASSWORD).await.expect(201).token();
    let me = portal.call(Ask::get("/v1/me").by(&session)).await.expect(200).json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(NEW), &json!(true)));
    assert_eq!(me["organization_count"], 1);
    confirm(&portal, 1).await.problem(409, "link.used");
    assert_eq!(portal.events(EventKind::EmailChanged).await.len(), 1);
}

#[tokio::test]
async fn the_old_address_is_free_again_and_its_links_are_dead() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    portal.call(Ask::post("/v1/password-resets", json!({"email": ANN}))).await.expect(202);
    let reset = portal.link(Link::PasswordReset(portal.id_of(ANN).await), 1).await;
    ask(&portal, &session, NEW, PASSWORD).await.expect(202);
    confirm(&portal, 1).await.expect(204);
    let body = json!({"token": reset, "password": "copper-Lantern-58"});
    portal.call(Ask::post("/v1/password-resets/confirm", body)).await.problem(409, "link.used");
    portal.waiting(ANN).await;
    portal.sign_in(ANN, PASSWORD).await.problem(403, "account.unverified");
    portal.sign_in(NEW, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_taken_address_is_told_at_the_confirmation_and_not_before() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    portal.waiting(NEW).await;
    ask(&portal, &session, NEW, PASSWORD).await.expect(202);
    confirm_of(&portal, ANN).await.problem(409, "email.taken");
    portal.sign_in(ANN, PASSWORD).await.expect(201);
    portal.call(Ask::get("/v1/me").by(&session)).await.expect(200);
    assert!(portal.events(EventKind::EmailChanged).await.is_empty());
}

async fn confirm_of(portal: &Portal, email: &str) -> Answer {
    let token = portal.link(Link::EmailChange(portal.id_of(email).await), 1).await;
    portal.call(Ask::post("/v1/email-changes/confirm", json!({"token": token}))).await
}

#[tokio::test]
async fn two_accounts_that_want_one_address_do_not_both_get_it() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    let hash = ::passwords::hash_chosen(PASSWORD, [4; 16]).into();
    portal.member(&portal.organization("Beta").await, "bob@beta.example", hash, None).await;
    let bobs = portal.sign_in("bob@beta.example", PASSWORD).await.expect(201).token();
    for session in [&session, &bobs] {
        ask(&portal, session, NEW, PASSWORD).await.expect(202);
    }
    let both = futures::join!(confirm_of(&portal, ANN), confirm_of(&portal, "bob@beta.example"));
    let mut codes = [both.0, both.1].map(|answer| answer.status.as_u16());
    codes.sort_unstable();
    assert_eq!(codes, [204, 409]);
    assert_eq!(portal.events(EventKind::EmailChanged).await.len(), 1);
}

#[tokio::test]
async fn a_stolen_session_alone_changes_no_e_mail() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    for _ in 0..10 {
        pass(Duration::from_secs(3));
        ask(&portal, &session, NEW, "wrong-Horse-12").await.problem(422, "password.wrong");
    }
    pass(Duration::from_secs(3));
    ask(&portal, &session, NEW, PASSWORD).await.problem(429, "request.too-many");
    assert!(portal.events(EventKind::EmailChangeRequested).await.is_empty());
    portal.call(Ask::post("/v1/me/email", json!({"email": NEW, "password": PASSWORD}))).await.expect(401);
}

#[tokio::test]
async fn a_new_password_voids_the_link_to_the_other_address() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    ask(&portal, &session, NEW, PASSWORD).await.expect(202);
    let change = json!({"current_password": PASSWORD, "new_password": "copper-Lantern-58"});
    portal.call(Ask::post("/v1/me/password", change).by(&session)).await.expect(204);
    confirm(&portal, 1).await.problem(409, "link.used");
    portal.sign_in(ANN, "copper-Lantern-58").await.expect(201);
}

#[tokio::test]
async fn a_link_works_for_a_day_and_only_for_what_was_wanted_last() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    ask(&portal, &session, "other@new.example", PASSWORD).await.expect(202);
    let early = ask(&portal, &session, NEW, PASSWORD).await.problem(429, "request.too-many");
    assert_eq!(early.header("retry-after"), "60");
    pass(Duration::from_secs(60));
    ask(&portal, &session, NEW, PASSWORD).await.expect(202);
    confirm(&portal, 1).await.problem(409, "link.superseded");
    pass(DAY);
    confirm(&portal, 2).await.problem(409, "link.expired");
    let session = portal.sign_in(ANN, PASSWORD).await.expect(201).token();
    ask(&portal, &session, NEW, PASSWORD).await.expect(202);
    confirm(&portal, 3).await.expect(204);
    portal.sign_in(NEW, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn the_present_address_is_refused_in_any_case_and_what_is_none_too() {
    let portal = Portal::start().await;
    let session = ann(&portal).await;
    ask(&portal, &session, &ANN.to_uppercase(), PASSWORD).await.problem(422, "request.invalid");
    ask(&portal, &session, "a@good.com@evil.com", PASSWORD).await.problem(422, "request.invalid");
}
