//! The own profile and organizations.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::portal::{Ask, Portal};
use crate::seed::{ANN, PASSWORD};

#[tokio::test]
async fn the_profile_names_the_organizations_with_the_role() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let me = portal.call(Ask::get("/v1/me").by(&token)).await.expect(200);
    let body = me.json();
    assert_eq!((&body["email"], &body["display_name"]), (&json!(ANN), &json!("Ann Lee")));
    let place = &body["organizations"][0];
    assert_eq!(
        (&place["name"], &place["role"], &place["status"]),
        (&json!("Acme"), &json!("member"), &json!("active"))
    );
    assert_eq!(me.header("etag"), format!("\"{}\"", body["version"]));
}

#[tokio::test]
async fn a_name_is_edited_on_the_version_that_was_read_alone() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let tag = portal.call(Ask::get("/v1/me").by(&token)).await.header("etag");
    let edit = |body: Value| Ask::patch("/v1/me", body).by(&token);
    portal.call(edit(json!({"display_name": "A"}))).await.problem(428, "precondition.required");
    let kept = portal.call(edit(json!({})).version(&tag)).await.expect(200);
    assert_eq!(kept.header("etag"), tag, "nothing was changed");
    let named = portal.call(edit(json!({"display_name": " 王小明 "})).version(&tag)).await.expect(200);
    assert_eq!(named.json()["display_name"], "王小明");
    portal.call(edit(json!({"display_name": "B"})).version(&tag)).await.problem(412, "precondition.failed");
    portal.call(edit(json!({})).version(&tag)).await.problem(412, "precondition.failed");
    let cleared = portal.call(edit(json!({"display_name": null})).version(&named.header("etag"))).await.expect(200);
    assert_eq!(cleared.json()["display_name"], "");
}

#[tokio::test]
async fn a_profile_cannot_be_given_more_than_a_name() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    for body in [json!({"superadmin": true}), json!({"email_verified": true}), json!({"email": "root@portal.example"})]
    {
        let ask = Ask::patch("/v1/me", body).by(&token).version("\"1\"");
        portal.call(ask).await.problem(400, "request.malformed");
    }
    let long = Ask::patch("/v1/me", json!({"display_name": "x".repeat(121)})).by(&token).version("\"1\"");
    assert_eq!(portal.call(long).await.problem(422, "request.invalid").json()["errors"][0]["pointer"], "/display_name");
}

#[tokio::test]
async fn all_organizations_are_found_page_by_page_once_each() {
    let portal = Portal::start().await;
    portal.ann().await;
    for number in 1..5 {
        let place = portal.organization(&format!("Org {number}")).await;
        portal.member(&place, ANN, String::new(), None).await;
    }
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let (mut path, mut sizes, mut names) = ("/v1/me/organizations?limit=2".to_owned(), vec![], BTreeSet::new());
    loop {
        let page = portal.call(Ask::get(&path).by(&token)).await.expect(200).json();
        let items = page["items"].as_array().unwrap().clone();
        sizes.push(items.len());
        names.extend(items.iter().map(|item| item["name"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/me/organizations?limit=2&cursor={next}");
    }
    assert_eq!((sizes, names.len()), (vec![2, 2, 1], 5));
    let path = "/v1/me/organizations?cursor=b3JnXzAx";
    portal.call(Ask::get(path).by(&token)).await.problem(400, "request.cursor-invalid");
    for path in ["/v1/me/organizations?limit=101", "/v1/me/organizations?page=2"] {
        portal.call(Ask::get(path).by(&token)).await.problem(400, "request.malformed");
    }
}
