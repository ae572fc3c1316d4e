//! The rules of signing in, as superadmins see and change them.

use domain::EventKind;
use links::Link;
use serde_json::json;

use crate::portal::{Answer, Ask, Portal};
use crate::seed::{ANN, PASSWORD};

const PATH: &str = "/v1/settings/authentication";

async fn read(portal: &Portal, root: &str) -> Answer {
    portal.call(Ask::get(PATH).by(root)).await.expect(200)
}

fn switch(on: bool) -> Ask<'static> {
    Ask::patch(PATH, json!({"require_email_verification": on}))
}

#[tokio::test]
async fn verification_is_required_until_somebody_says_otherwise() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let first = read(&portal, &root).await;
    let wanted = json!({"require_email_verification": true, "unaffected_accounts": 0, "version": 0});
    assert_eq!((first.json(), first.header("etag").as_str()), (wanted, "\"0\""));
    let off = portal.call(switch(false).by(&root).version("\"0\"")).await.expect(200);
    assert_eq!(
        (off.json()["require_email_verification"].clone(), off.header("etag").as_str()),
        (json!(false), "\"1\"")
    );
    let again = portal.call(switch(false).by(&root).version("\"1\"")).await.expect(200);
    assert_eq!(again.header("etag"), "\"1\"", "the same again changes nothing");
    let nothing = portal.call(Ask::patch(PATH, json!({})).by(&root).version("\"1\"")).await.expect(200);
    assert_eq!(nothing.header("etag"), "\"1\"");
    let event = portal.events(EventKind::AuthenticationSettingsChanged).await.remove(0);
    let change = &event.changes[0];
    assert_eq!((change.field.as_str(), &change.after), ("require_email_verification", &Some(json!(false))));
    assert_eq!(portal.events(EventKind::AuthenticationSettingsChanged).await.len(), 1);
}

#[tokio::test]
async fn only_one_of_two_edits_of_the_same_version_takes_place() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let edits = [0, 1].map(|_| portal.call(switch(false).by(&root).version("\"0\"")));
    let mut answers: Vec<_> =
        futures::future::join_all(edits).await.into_iter().map(|answer| answer.status.as_u16()).collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    portal.call(switch(true).by(&root).version("\"0\"")).await.problem(412, "precondition.failed");
    portal.call(switch(true).by(&root)).await.problem(428, "precondition.required");
    let null = Ask::patch(PATH, json!({"require_email_verification": null}));
    portal.call(null.by(&root).version("\"1\"")).await.problem(422, "request.invalid");
}

#[tokio::test]
async fn nobody_but_a_superadmin_sees_or_changes_them() {
    let portal = Portal::start().await;
    portal.ann().await;
    let ann = portal.sign_in(ANN, PASSWORD).await.token();
    for ask in [Ask::get(PATH), switch(false).version("\"0\"")] {
        portal.call(ask.clone()).await.problem(401, "session.required");
        portal.call(ask.by(&ann)).await.problem(403, "permission.denied");
    }
}

#[tokio::test]
async fn the_accounts_that_are_left_alone_are_counted_until_they_are_confirmed() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let count = async || read(&portal, &root).await.json()["unaffected_accounts"].as_u64().unwrap();
    portal.ann().await;
    let hash: String = ::passwords::hash_chosen(PASSWORD, [2; 16]).into();
    let place = portal.organization("Beta").await;
    let others = ["a@beta.example", "b@beta.example", "c@beta.example"];
    futures::future::join_all(others.map(|email| portal.member(&place, email, hash.clone(), None))).await;
    portal.waiting("late@acme.example").await;
    assert_eq!(count().await, 4, "who waits is not left alone");
    let id = portal.id_of(ANN).await;
    portal.call(Ask::post(&format!("/v1/users/{id}/suspend"), json!({})).by(&root)).await.expect(200);
    assert_eq!(count().await, 4, "who is suspended comes back unconfirmed");
    portal.call(Ask::post(&format!("/v1/users/{id}/verify"), json!({})).by(&root)).await.expect(200);
    assert_eq!(count().await, 3);
    let email = others[0];
    portal.call(Ask::post("/v1/email-verifications", json!({"email": email}))).await.expect(202);
    let token = portal.link(Link::Verification(portal.id_of(email).await), 1).await;
    portal.call(Ask::post("/v1/email-verifications/confirm", json!({"token": token}))).await.expect(204);
    assert_eq!(count().await, 2);
    portal.call(Ask::post("/v1/password-resets", json!({"email": others[1]}))).await.expect(202);
    let token = portal.link(Link::PasswordReset(portal.id_of(others[1]).await), 1).await;
    let reset = json!({"token": token, "password": "copper-Lantern-58"});
    portal.call(Ask::post("/v1/password-resets/confirm", reset)).await.expect(204);
    assert_eq!(count().await, 1);
    let waiting = portal.id_of("late@acme.example").await;
    portal.call(Ask::post(&format!("/v1/users/{waiting}/verify"), json!({})).by(&root)).await.expect(200);
    assert_eq!(count().await, 1, "who waited was never counted");
}
