//! E-mails that are confirmed, by the link or by a superadmin.

use std::time::Duration;

use domain::EventKind;
use links::Link;
use serde_json::{Value, json};

use crate::portal::{Answer, Ask, Portal, pass};
use crate::seed::{PASSWORD, WEEK};

const NEW: &str = "Eve@Acme.example";
const MINUTE: Duration = Duration::from_secs(60);

async fn ask(portal: &Portal, email: &str) -> Answer {
    portal.call(Ask::post("/v1/email-verifications", json!({"email": email}))).await
}

async fn confirm(portal: &Portal, token: &str) -> Answer {
    portal.call(Ask::post("/v1/email-verifications/confirm", json!({"token": token}))).await
}

#[tokio::test]
async fn who_waits_is_told_so_only_after_the_right_password_and_gets_in_by_the_link() {
    let portal = Portal::start().await;
    let eve = portal.waiting(NEW).await;
    portal.sign_in(NEW, "wrong-Horse-12").await.problem(401, "session.refused");
    pass(Duration::from_secs(1));
    portal.sign_in(NEW, PASSWORD).await.problem(403, "account.unverified");
    let refused = portal.events(EventKind::SignInFailed).await;
    assert_eq!(refused[0].reason.as_deref(), Some("email-unverified"));
    let token = portal.link(Link::Verification(eve), 1).await;
    confirm(&portal, &token).await.expect(204);
    let me = portal.sign_in(NEW, PASSWORD).await.expect(201).token();
    let me = portal.call(Ask::get("/v1/me").by(&me)).await.expect(200).json();
    assert_eq!(me["email_verified"], true);
    let event = portal.events(EventKind::EmailVerified).await.remove(0);
    assert_eq!(event.actor.id, Some(eve.to_string()), "the mailbox says who it was");
    let changed: Vec<&str> = event.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(changed, ["email_verified", "status"]);
}

#[tokio::test]
async fn a_link_works_once_for_a_day_and_only_the_newest() {
    let portal = Portal::start().await;
    let eve = portal.waiting(NEW).await;
    let token = async |version| portal.link(Link::Verification(eve), version).await;
    confirm(&portal, &token(2).await).await.problem(422, "link.unknown");
    pass(24 * 60 * MINUTE);
    confirm(&portal, &token(1).await).await.problem(409, "link.expired");
    ask(&portal, NEW).await.expect(202);
    confirm(&portal, &token(1).await).await.problem(409, "link.superseded");
    portal.sign_in(NEW, PASSWORD).await.problem(403, "account.unverified");
    confirm(&portal, &token(2).await).await.expect(204);
    confirm(&portal, &token(2).await).await.problem(409, "email.already-verified");
    confirm(&portal, &token(1).await).await.problem(409, "email.already-verified");
    assert_eq!(portal.events(EventKind::EmailVerified).await.len(), 1);
}

#[tokio::test]
async fn what_is_no_token_of_that_purpose_confirms_nothing() {
    let portal = Portal::start().await;
    let eve = portal.waiting(NEW).await;
    let token = portal.link(Link::Verification(eve), 1).await;
    let reset = portal.link(Link::PasswordReset(eve), 1).await;
    let stranger = portal.link(Link::Verification(domain::id::UserId::from_parts(1, 1)), 1).await;
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    for token in ["", "x", &token[1..], &forged, &reset, &stranger] {
        confirm(&portal, token).await.problem(422, "link.unknown");
    }
    for body in [json!({}), json!({"token": 1}), json!({"token": token, "user": eve.to_string()})] {
        portal.call(Ask::post("/v1/email-verifications/confirm", body)).await.problem(400, "request.malformed");
    }
    assert!(portal.events(EventKind::EmailVerified).await.is_empty());
}

#[tokio::test]
async fn one_link_a_minute_and_five_a_day_are_sent_whatever_the_answer() {
    let portal = Portal::start().await;
    portal.waiting(NEW).await;
    let sent = async || {
        let events = portal.events(EventKind::EmailVerificationSent).await.into_iter();
        events.filter(|event| event.reason.is_none()).count()
    };
    ask(&portal, NEW).await.expect(202);
    assert_eq!(sent().await, 0, "the account was made less than a minute ago, with its link");
    for number in 1..=4 {
        pass(16 * MINUTE);
        for _ in 0..3 {
            ask(&portal, NEW).await.expect(202);
        }
        assert_eq!(sent().await, number);
    }
    pass(16 * MINUTE);
    ask(&portal, NEW).await.expect(202);
    assert_eq!(sent().await, 4, "five with the first");
    let why = portal.events(EventKind::EmailVerificationSent).await[0].reason.clone();
    assert_eq!(why.as_deref(), Some("too-many-links"));
    pass(24 * 60 * MINUTE);
    ask(&portal, NEW).await.expect(202);
    assert_eq!(sent().await, 5);
}

#[tokio::test]
async fn the_61st_request_of_an_address_in_a_quarter_of_an_hour_waits_whomever_it_asks_about() {
    let portal = Portal::start().await;
    portal.waiting(NEW).await;
    for number in 0..60 {
        pass(Duration::from_secs(3));
        ask(&portal, &format!("nobody{number}@acme.example")).await.expect(202);
    }
    pass(Duration::from_secs(3));
    for email in [NEW, "nobody@acme.example"] {
        let refused = ask(&portal, email).await.problem(429, "request.too-many");
        assert_eq!(refused.header("retry-after"), "720");
    }
    let elsewhere = Ask::post("/v1/email-verifications", json!({"email": NEW})).from("198.51.100.7");
    portal.call(elsewhere).await.expect(202);
    pass(15 * MINUTE);
    ask(&portal, NEW).await.expect(202);
}

#[tokio::test]
async fn a_superadmin_may_answer_for_an_e_mail_once() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let eve = portal.waiting(NEW).await;
    let path = format!("/v1/users/{eve}/verify");
    for _ in 0..2 {
        let view = portal.call(Ask::post(&path, json!({})).by(&root)).await.expect(200);
        assert_eq!((&view.json()["status"], &view.json()["email_verified"]), (&json!("active"), &json!(true)));
        assert_eq!(view.header("etag"), "\"2\"");
    }
    let events = portal.events(EventKind::EmailVerified).await;
    assert_eq!((events.len(), events[0].actor.as_superadmin), (1, true));
    let eves = portal.sign_in(NEW, PASSWORD).await.expect(201).token();
    portal.call(Ask::post(&path, json!({})).by(&eves)).await.problem(403, "permission.denied");
    portal.call(Ask::post(&path, json!({}))).await.problem(401, "session.required");
    let nobody = "/v1/users/usr_01JZA000000000000000000000/verify";
    portal.call(Ask::post(nobody, json!({})).by(&root)).await.problem(404, "resource.not-found");
}

#[tokio::test]
async fn a_suspended_account_stays_so_whoever_answers_for_its_e_mail() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let eve = portal.waiting(NEW).await;
    let step = async |step: &str| -> Value {
        portal.call(Ask::post(&format!("/v1/users/{eve}/{step}"), json!({})).by(&root)).await.expect(200).json()
    };
    step("suspend").await;
    confirm(&portal, &portal.link(Link::Verification(eve), 1).await).await.problem(403, "account.suspended");
    assert_eq!(step("verify").await["status"], "suspended");
    portal.sign_in(NEW, PASSWORD).await.problem(403, "account.suspended");
    assert_eq!(step("reactivate").await["status"], "active", "it waits for nothing any more");
    portal.sign_in(NEW, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn nobody_confirms_themselves_through_the_profile() {
    let portal = Portal::start().await;
    portal.ann().await;
    let ann = portal.sign_in(crate::seed::ANN, PASSWORD).await.token();
    let me = portal.call(Ask::get("/v1/me").by(&ann)).await;
    for body in [json!({"email_verified": true}), json!({"status": "active"}), json!({"verification": {"version": 9}})]
    {
        let edit = Ask::patch("/v1/me", body).by(&ann).version(&me.header("etag"));
        portal.call(edit).await.problem(400, "request.malformed");
    }
    assert_eq!(portal.call(Ask::get("/v1/me").by(&ann)).await.json()["email_verified"], false);
}

#[tokio::test]
async fn who_waits_may_join_a_second_organization_and_still_waits() {
    let portal = Portal::start().await;
    portal.waiting(NEW).await;
    let place = portal.organization("Second").await;
    portal.member(&place, NEW, String::new(), Some(crate::portal::now().plus(WEEK))).await;
    assert_eq!(portal.events(EventKind::MemberAdded).await.len(), 2);
    portal.sign_in(NEW, PASSWORD).await.problem(403, "account.unverified");
}
