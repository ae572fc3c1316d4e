//! Signing in.

use domain::EventKind;
use serde_json::json;

use crate::portal::{Ask, Portal, SITE, now, pass};
use crate::seed::{ANN, FIRST, PASSWORD, ROOT, WEEK};

#[tokio::test]
async fn a_program_gets_a_token_and_no_cookie() {
    let portal = Portal::start().await;
    portal.ann().await;
    let answer = portal.sign_in("ann@acme.EXAMPLE", PASSWORD).await.expect(201);
    let body = answer.json();
    assert_eq!(body["user"]["email"], ANN);
    assert_eq!((&body["password_change_required"], &body["user"]["superadmin"]), (&json!(false), &json!(false)));
    assert_eq!(answer.header("location"), format!("/v1/sessions/{}", body["id"].as_str().unwrap()));
    assert_eq!(answer.header("set-cookie"), "");
    portal.call(Ask::get("/v1/me").by(&answer.token())).await.expect(200);
}

#[tokio::test]
async fn a_browser_gets_a_cookie_out_of_reach_of_scripts_and_no_token() {
    let portal = Portal::start().await;
    portal.ann().await;
    let ask = Ask::post("/v1/sessions", json!({"email": ANN, "password": PASSWORD}));
    let answer = portal.call(ask.with("sec-fetch-site", "same-origin").with("origin", SITE)).await.expect(201);
    assert_eq!(answer.json().get("token"), None);
    let (token, cookie) = (answer.cookie(), answer.header("set-cookie"));
    assert_eq!(cookie, format!("__Host-session={token}; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax"));
    assert!(!answer.text.contains(&token));
    portal.call(Ask::get("/v1/me").cookie(&token)).await.expect(200);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    let portal = Portal::start().await;
    portal.ann().await;
    portal.newcomer("new@new.example", "kx7m-w2pd", now()).await;
    let wrong = portal.sign_in(ANN, "Velvet-Orchard-31").await.problem(401, "session.refused").neutral();
    for (email, password) in [("nobody@acme.example", PASSWORD), ("new@new.example", "kx7m-w2pd"), (ANN, "")] {
        assert_eq!(portal.sign_in(email, password).await.neutral(), wrong, "{email}");
    }
    let reasons: Vec<_> =
        portal.events(EventKind::SignInFailed).await.into_iter().filter_map(|event| event.reason).collect();
    let mut sorted = reasons.clone();
    sorted.sort();
    assert_eq!(sorted, ["password-expired", "unknown-account", "wrong-password", "wrong-password"]);
}

#[tokio::test]
async fn a_temporary_password_opens_until_it_expires() {
    let portal = Portal::start().await;
    portal.newcomer("new@new.example", "kx7m-w2pd-aaaa", now().plus(WEEK)).await;
    pass(WEEK - std::time::Duration::from_secs(1));
    portal.sign_in("new@new.example", "kx7m-w2pd-aaab").await.problem(401, "session.refused");
    let answer = portal.sign_in("new@new.example", "kx7m-w2pd-aaaa").await.expect(201);
    assert_eq!(answer.json()["password_change_required"], true);
    pass(std::time::Duration::from_secs(1));
    portal.sign_in("new@new.example", "kx7m-w2pd-aaaa").await.problem(401, "session.refused");
}

#[tokio::test]
async fn a_suspended_account_learns_so_with_the_right_password_only() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    let ann = portal.sign_in(ANN, PASSWORD).await.expect(201).json();
    let path = format!("/v1/users/{}/suspend", ann["user"]["id"].as_str().unwrap());
    portal.call(Ask::post(&path, json!({})).by(&root)).await.expect(200);
    portal.sign_in(ANN, "Velvet-Orchard-31").await.problem(401, "session.refused");
    portal.sign_in(ANN, PASSWORD).await.problem(403, "account.suspended");
}

#[tokio::test]
async fn the_audit_log_names_who_signed_in_and_never_what_was_typed() {
    let portal = Portal::start().await;
    portal.bootstrap().await;
    portal.sign_in(ROOT, "hunter2-in-the-wrong-field").await.expect(401);
    portal.sign_in(ROOT, FIRST).await.expect(201);
    let started = portal.events(EventKind::SessionStarted).await;
    assert_eq!(started[0].actor.name.as_deref(), Some(ROOT));
    assert_eq!(started[0].origin.address.as_deref(), Some("192.0.2.1"));
    let refused = portal.events(EventKind::SignInFailed).await;
    assert!(!serde_json::to_string(&(started, refused)).unwrap().contains("hunter2"));
}

#[tokio::test]
async fn another_sites_page_cannot_sign_anybody_in() {
    let portal = Portal::start().await;
    portal.ann().await;
    let ask = Ask::post("/v1/sessions", json!({"email": ANN, "password": PASSWORD}));
    for foreign in [
        ask.clone().with("sec-fetch-site", "cross-site"),
        ask.clone().with("origin", "https://evil.example"),
        ask.clone().with("sec-fetch-site", "cross-site").with("origin", "null"),
    ] {
        portal.call(foreign).await.problem(403, "request.cross-site");
    }
    assert!(portal.events(EventKind::SessionStarted).await.is_empty());
}

#[tokio::test]
async fn without_the_secrets_server_a_refusal_does_not_tell_which_accounts_have_a_temporary_password() {
    let mut portal = Portal::start().await;
    portal.ann().await;
    portal.newcomer("new@new.example", "kx7m-w2pd-aaaa", now().plus(WEEK)).await;
    portal.lose_secrets().await;
    portal.sign_in(ANN, PASSWORD).await.expect(201);
    let unknown = portal.sign_in("nobody@acme.example", PASSWORD).await.problem(503, "service.unavailable").neutral();
    for (email, password) in
        [(ANN, "Velvet-Orchard-31"), ("new@new.example", "Velvet-Orchard-31"), ("new@new.example", "kx7m-w2pd-aaaa")]
    {
        assert_eq!(portal.sign_in(email, password).await.neutral(), unknown, "{email}");
    }
}
