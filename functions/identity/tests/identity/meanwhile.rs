//! What changes between the look at a link and its use: the table decides, not the look.

use std::time::Duration;

use domain::{Actor, Code, EventKind, Mint, Origin, Principal};
use links::Link;
use serde_json::json;
use store::PasswordReset;

use crate::portal::{Ask, Portal, now, pass, random};
use crate::seed::{ANN, PASSWORD};

const NEW: &str = "eve@acme.example";

fn somebody() -> Actor {
    Actor { principal: Principal::Nobody, standing: None, origin: Origin::default() }
}

async fn ask_again(portal: &Portal, path: &str, email: &str) {
    pass(Duration::from_secs(61));
    portal.call(Ask::post(path, json!({"email": email}))).await.expect(202);
}

#[tokio::test]
async fn a_link_that_died_behind_the_look_confirms_nothing() {
    let portal = Portal::start().await;
    let eve = portal.waiting(NEW).await;
    let seen = portal.store.account_of_link(eve).await.unwrap();
    ask_again(&portal, "/v1/email-verifications", NEW).await;
    let mut mint = Mint::new(now(), random());
    let refused = portal.store.verify_email(&somebody(), seen, 1, &mut mint).await.unwrap_err();
    assert_eq!(refused.code(), Code::LinkSuperseded);
    assert!(portal.events(EventKind::EmailVerified).await.is_empty());
    portal.sign_in(NEW, PASSWORD).await.problem(403, "account.unverified");
}

#[tokio::test]
async fn a_link_that_died_behind_the_look_sets_no_password() {
    let portal = Portal::start().await;
    portal.ann().await;
    let ann = portal.id_of(ANN).await;
    portal.call(Ask::post("/v1/password-resets", json!({"email": ANN}))).await.expect(202);
    let seen = portal.store.account_of_link(ann).await.unwrap();
    ask_again(&portal, "/v1/password-resets", ANN).await;
    let reset = PasswordReset { version: 1, stored: "stored".to_owned(), counted_as: &[] };
    let mut mint = Mint::new(now(), random());
    let refused = portal.store.reset_password(&somebody(), seen, &reset, &mut mint).await.unwrap_err();
    assert_eq!(refused.code(), Code::LinkSuperseded);
    portal.sign_in(ANN, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_link_that_was_used_behind_the_look_is_said_to_be_used() {
    let portal = Portal::start().await;
    portal.ann().await;
    let session = portal.sign_in(ANN, PASSWORD).await.expect(201).token();
    let ann = portal.id_of(ANN).await;
    let wanted = json!({"email": NEW, "password": PASSWORD});
    portal.call(Ask::post("/v1/me/email", wanted).by(&session)).await.expect(202);
    let seen = portal.store.account_of_link(ann).await.unwrap();
    let token = portal.link(Link::EmailChange(ann), 1).await;
    portal.call(Ask::post("/v1/email-changes/confirm", json!({"token": token}))).await.expect(204);
    let mut mint = Mint::new(now(), random());
    let refused = portal.store.change_email(&somebody(), seen, 1, &mut mint).await.unwrap_err();
    assert_eq!(refused.code(), Code::LinkUsed);
    assert_eq!(portal.events(EventKind::EmailChanged).await.len(), 1);
}
