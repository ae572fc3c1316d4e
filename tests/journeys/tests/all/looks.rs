//! What a superadmin sees of a tenant leaves a record in that tenant, and so does reading the log.

use http::Method;
use journeys::{Portal, Row};
use serde_json::{Value, json};

/// The newest record of an organization with that action.
async fn newest(portal: &Portal, org: &str, action: &str) -> Value {
    let events = portal.events(org).await;
    events.into_iter().find(|event| event["action"] == action).unwrap_or_default()
}

async fn count(portal: &Portal, org: &str, action: &str, about: &str) -> usize {
    let events = portal.events(org).await;
    events.iter().filter(|event| event["action"] == action && event["target"]["id"] == about).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_superadmin_asks_of_a_tenant_is_recorded_there_with_what_it_was_about() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await;
    let org = portal.organization("Acme").await;
    let at = format!("/v1/organizations/{org}");
    let project = ops.post(&format!("{at}/projects"), json!({ "name": "Team" })).await.expect_status(201).text("id");
    let one = format!("{at}/projects/{project}");
    let before = count(&portal, &org, "organization.accessed", &project).await;
    ops.get(&one).await.expect_status(200);
    ops.get(&format!("{one}/use-cases")).await.expect_status(200);
    ops.edit(&one, json!({})).await.expect_status(200);
    ops.send(Method::HEAD, &one, None).await;
    let after = count(&portal, &org, "organization.accessed", &project).await;
    // The edit reads first.
    assert_eq!(after - before, 5);
    let record = newest(&portal, &org, "organization.accessed").await;
    assert_eq!(record["actor"]["as_superadmin"], true, "{record}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superadmin_who_is_a_member_too_is_recorded_all_the_same() {
    let portal = Portal::start().await;
    let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
    let email = portal.stack().first_password().unwrap().email.to_string();
    let members = format!("/v1/organizations/{org}/members");
    ops.post(&members, json!({ "email": email, "role": "member" })).await.expect_status(201);
    ops.get(&members).await.expect_status(200);
    let events = portal.events(&org).await;
    let looks = events.iter().filter(|event| event["action"] == "organization.accessed" && event["method"] == "GET");
    assert_eq!(looks.filter(|event| event["route"] == "/v1/organizations/{org}/members").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_whether_nothing_but_being_a_superadmin_allowed_the_act() {
    let portal = Portal::start().await;
    let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
    let row = Row { org: &org, email: "olga@acme.example", role: "owner", ..Row::default() };
    let olga = portal.people(&[row]).await.remove("olga@acme.example").unwrap().1;
    let at = format!("/v1/organizations/{org}");
    for (who, as_superadmin) in [(&ops, true), (&olga, false)] {
        who.edit(&at, json!({ "metadata": { "by": as_superadmin.to_string() } })).await.expect_status(200);
        let record = newest(&portal, &org, "organization.edited").await;
        assert_eq!(record["actor"]["as_superadmin"], as_superadmin, "{record}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_the_log_is_recorded_behind_what_was_read() {
    let portal = Portal::start().await;
    let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
    let row = Row { org: &org, email: "olga@acme.example", role: "owner", ..Row::default() };
    let olga = portal.people(&[row]).await.remove("olga@acme.example").unwrap().1;
    for (who, path) in [(&olga, format!("/v1/organizations/{org}/audit-events")), (&ops, "/v1/audit-events".to_owned())]
    {
        let reads = |answer: journeys::Answer| {
            let items = answer.json()["items"].as_array().unwrap().clone();
            items.iter().filter(|event| event["action"] == "audit.read" && event["route"] == path_of(&path)).count()
        };
        let first = reads(who.get(&path).await.expect_status(200));
        assert_eq!(reads(who.get(&path).await.expect_status(200)), first + 1);
    }
}

fn path_of(path: &str) -> &str {
    if path.starts_with("/v1/organizations/") { "/v1/organizations/{org}/audit-events" } else { path }
}
