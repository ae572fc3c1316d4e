//! From the first password to people in an organization.

use journeys::{Portal, Row};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_password_opens_nothing_but_its_own_change() {
    let portal = Portal::start().await;
    let first = portal.stack().first_password().unwrap();
    let started = portal.visitor().try_sign_in(&first.email, &first.password).await.expect_status(201);
    let early = portal.visitor().with_token(&started.text("token"));
    let refused = early.get("/v1/organizations").await.expect_status(403);
    assert_eq!(refused.code(), "password.change-required");
    let change = json!({ "current_password": first.password, "new_password": journeys::PASSWORD });
    assert!(early.post("/v1/me/password", change).await.status() < 300);
    early.get("/v1/organizations").await.expect_status(200);
    let again = portal.visitor().try_sign_in(&first.email, &first.password).await.expect_status(401);
    assert_eq!(again.code(), "session.refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_placements_are_active_at_once_and_behave_alike() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await;
    for placement in ["dedicated", "pooled"] {
        let asked = json!({ "name": format!("Acme {placement}"), "placement": placement });
        let made = ops.post("/v1/organizations", asked).await.expect_status(201);
        assert_eq!(made.text("status"), "active", "{made:?}");
        assert_eq!(made.text("placement"), placement);
        let project = format!("/v1/organizations/{}/projects", made.text("id"));
        ops.post(&project, json!({ "name": "Team" })).await.expect_status(201);
        assert_eq!(ops.get(&project).await.json()["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_counts_from_the_next_request_on() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await;
    let (org, other) = (portal.organization("Acme").await, portal.organization("Beta").await);
    let people = portal
        .people(&[
            Row { org: &org, email: "olga@acme.example", role: "owner", ..Row::default() },
            Row { org: &other, email: "mia@acme.example", ..Row::default() },
        ])
        .await;
    let (olga, (mia, her)) = (&people["olga@acme.example"].1, &people["mia@acme.example"]);
    let members = format!("/v1/organizations/{org}/members");
    her.get(&members).await.expect_status(404);
    olga.post(&members, json!({ "email": "mia@acme.example", "role": "member" })).await.expect_status(201);
    her.get(&members).await.expect_status(200);
    let log = format!("/v1/organizations/{org}/audit-events");
    her.get(&log).await.expect_status(403);
    olga.edit(&format!("{members}/{mia}"), json!({ "role": "admin" })).await.expect_status(200);
    her.get(&log).await.expect_status(200);
    ops.act(&format!("/v1/users/{mia}/suspend")).await.expect_status(200);
    her.get(&log).await.expect_status(401);
    ops.act(&format!("/v1/users/{mia}/reactivate")).await.expect_status(200);
    her.get(&log).await.expect_status(401);
    let her = portal.visitor().sign_in("mia@acme.example", journeys::PASSWORD).await;
    her.get(&log).await.expect_status(200);
    olga.delete(&format!("{members}/{mia}")).await.expect_status(204);
    her.get(&log).await.expect_status(404);
}
