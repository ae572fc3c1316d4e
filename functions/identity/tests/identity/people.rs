//! People, as superadmins see them.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::EventKind;
use serde_json::json;

use crate::portal::{Ask, Portal};
use crate::seed::{ANN, PASSWORD, ROOT};

#[tokio::test]
async fn somebody_is_found_by_e_mail_in_any_case() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    let found = portal.call(Ask::get("/v1/users?email=ANN%40acme.example").by(&root)).await.expect(200).json();
    assert_eq!((found["items"][0]["email"].as_str(), found["items"].as_array().unwrap().len()), (Some(ANN), 1));
    let none = portal.call(Ask::get("/v1/users?email=bob%40acme.example").by(&root)).await.expect(200).json();
    assert_eq!(none, json!({"items": []}));
    for wrong in ["/v1/users?email=bob", "/v1/users?email=a%40b.co&x=1"] {
        portal.call(Ask::get(wrong).by(&root)).await.problem(400, "request.malformed");
    }
}

#[tokio::test]
async fn a_suspension_ends_the_next_request_and_a_reactivation_asks_for_a_new_sign_in() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    let ann = portal.sign_in(ANN, PASSWORD).await;
    let path = format!("/v1/users/{}", ann.json()["user"]["id"].as_str().unwrap());
    let step = |step: &str| format!("{path}/{step}");
    for _ in 0..2 {
        let view = portal.call(Ask::post(&step("suspend"), json!({})).by(&root)).await.expect(200).json();
        assert_eq!(view["status"], "suspended");
    }
    assert_eq!(portal.events(EventKind::UserSuspended).await.len(), 1);
    portal.call(Ask::get("/v1/me").by(&ann.token())).await.problem(401, "session.required");
    portal.call(Ask::post(&step("reactivate"), json!({})).by(&root)).await.expect(200);
    portal.call(Ask::get("/v1/me").by(&ann.token())).await.problem(401, "session.required");
    let view = portal.call(Ask::get(&path).by(&root)).await.expect(200);
    assert_eq!(view.json()["status"], "active");
    assert_eq!(view.header("etag"), format!("\"{}\"", view.json()["version"]));
    portal.sign_in(ANN, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_superadmin_cannot_suspend_themselves() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let me = portal.call(Ask::get("/v1/me").by(&root)).await.json();
    let path = format!("/v1/users/{}/suspend", me["id"].as_str().unwrap());
    portal.call(Ask::post(&path, json!({})).by(&root)).await.problem(422, "request.invalid");
    portal.sign_in(ROOT, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn superadmins_cannot_suspend_each_other_before_the_operator_unmade_them() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    portal.set_superadmin(ANN, true).await;
    let ann = portal.sign_in(ANN, PASSWORD).await;
    let root_id = portal.call(Ask::get("/v1/me").by(&root)).await.json()["id"].as_str().unwrap().to_owned();
    let suspend = |id: &str| format!("/v1/users/{id}/suspend");
    let (about_root, about_ann) = (suspend(&root_id), suspend(ann.json()["user"]["id"].as_str().unwrap()));
    let (one, other) = (ann.token(), root.clone());
    let at_once = [Ask::post(&about_root, json!({})).by(&one), Ask::post(&about_ann, json!({})).by(&other)];
    for answer in futures::future::join_all(at_once.map(|ask| portal.call(ask))).await {
        answer.problem(403, "permission.denied");
    }
    assert!(portal.events(EventKind::UserSuspended).await.is_empty());
    portal.set_superadmin(ANN, false).await;
    portal.call(Ask::post(&about_ann, json!({})).by(&root)).await.expect(200);
}

#[tokio::test]
async fn nobody_else_reads_or_suspends_people() {
    let portal = Portal::start().await;
    portal.superadmin().await;
    portal.ann().await;
    let ann = portal.sign_in(ANN, PASSWORD).await;
    let id = ann.json()["user"]["id"].as_str().unwrap().to_owned();
    let (own, suspend, reactivate) =
        (format!("/v1/users/{id}"), format!("/v1/users/{id}/suspend"), format!("/v1/users/{id}/reactivate"));
    let asks = [
        Ask::get("/v1/users?email=root%40portal.example"),
        Ask::get(&own),
        Ask::post(&suspend, json!({})),
        Ask::post(&reactivate, json!({})),
    ];
    for ask in asks {
        portal.call(ask.clone()).await.problem(401, "session.required");
        portal.call(ask.by(&ann.token())).await.problem(403, "permission.denied");
    }
}

#[tokio::test]
async fn what_is_no_persons_id_is_not_found() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    for path in ["/v1/users/usr_01JZA000000000000000000000", "/v1/users/me", "/v1/users/%00"] {
        portal.call(Ask::get(path).by(&root)).await.problem(404, "resource.not-found");
    }
}

/// Puts an account back to waiting for its e-mail to be confirmed.
async fn unconfirm(portal: &Portal, user: &str) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let update = portal.client.update_item().table_name("platform").key("sk", text("USER"));
    let update = update.key("pk", text(&format!("USER#{user}"))).update_expression("SET #s = :s");
    let update = update.expression_attribute_names("#s", "status").expression_attribute_values(":s", text("pending"));
    update.send().await.unwrap();
}

#[tokio::test]
async fn no_reactivation_stands_in_for_the_confirmation_of_an_e_mail() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    let ann = portal.sign_in(ANN, PASSWORD).await.json()["user"]["id"].as_str().unwrap().to_owned();
    unconfirm(&portal, &ann).await;
    let step = async |step: &str| {
        let path = format!("/v1/users/{ann}/{step}");
        portal.call(Ask::post(&path, json!({})).by(&root)).await.expect(200).json()["status"].clone()
    };
    assert_eq!(step("reactivate").await, "pending", "nothing was suspended");
    assert_eq!(step("suspend").await, "suspended");
    assert_eq!(step("suspend").await, "suspended");
    assert_eq!(step("reactivate").await, "pending");
    assert_eq!(portal.events(EventKind::UserReactivated).await.len(), 1);
}
