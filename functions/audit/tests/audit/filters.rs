//! Each filter gives those events, and no others.

use std::collections::BTreeMap;

use journeys::{Client, Portal, Row};
use serde_json::{Value, json};

/// Whether an event is one of those.
type Fits<'a> = &'a dyn Fn(&Value) -> bool;

/// An organization in which several people did several things.
struct Place {
    portal: Portal,
    ops: Client,
    at: String,
    project: String,
    people: BTreeMap<String, (String, Client)>,
}

impl Place {
    async fn start() -> Self {
        let portal = Portal::start().await;
        let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
        let row = |email, role| Row { org: &org, email, role, ..Row::default() };
        let people = portal
            .people(&[
                row("owner@acme.example", "owner"),
                row("admin@acme.example", "admin"),
                row("member@acme.example", "member"),
            ])
            .await;
        let at = format!("/v1/organizations/{org}");
        let admin = &people["admin@acme.example"].1;
        let project =
            admin.post(&format!("{at}/projects"), json!({ "name": "Team" })).await.expect_status(201).text("id");
        let member = json!({ "role": "viewer" });
        let path = format!("{at}/projects/{project}/members/{}", people["member@acme.example"].0);
        let _ = admin.put(&path, member).await.expect_status(200);
        let robot = json!({ "name": "Robot", "role": "member" });
        let _ = people["owner@acme.example"].1.post(&format!("{at}/service-accounts"), robot).await.expect_status(201);
        Self { portal, ops, at, project, people }
    }

    fn client(&self, email: &str) -> &Client {
        &self.people[email].1
    }

    /// All events of a list, page by page; what reading them records is left out.
    async fn all(&self, client: &Client, list: &str, query: &str) -> Vec<Value> {
        let (mut all, mut cursor) = (vec![], String::new());
        loop {
            let path = format!("{}/{list}?limit=3{query}{cursor}", self.at);
            let page = client.get(&path).await.expect_status(200).json();
            all.extend(
                page["items"].as_array().unwrap().iter().filter(|event| event["action"] != "audit.read").cloned(),
            );
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_and_two_together_give_what_the_whole_log_has_of_them() {
    let place = Place::start().await;
    let owner = place.client("owner@acme.example");
    let whole = place.all(owner, "audit-events", "").await;
    let request = whole.iter().find(|event| event["action"] == "project.created").unwrap()["request_id"].clone();
    let admin = json!(place.people["admin@acme.example"].0);
    let of: [(String, Fits<'_>); 8] = [
        ("&category=security".to_owned(), &|event| event["category"] == "security"),
        ("&category=activity".to_owned(), &|event| event["category"] == "activity"),
        ("&outcome=success".to_owned(), &|event| event["outcome"] == "success"),
        (format!("&target={}", place.project), &|event| event["target"]["id"] == json!(place.project)),
        (format!("&project={}", place.project), &|event| event["project_id"] == json!(place.project)),
        (format!("&request={}", request.as_str().unwrap()), &|event| event["request_id"] == request),
        (format!("&actor={}", admin.as_str().unwrap()), &|event| event["actor"]["id"] == admin),
        (format!("&actor={}&category=security", admin.as_str().unwrap()), &|event| {
            event["actor"]["id"] == admin && event["category"] == "security"
        }),
    ];
    for (query, fits) in of {
        let expected: Vec<Value> = whole.iter().filter(|event| fits(event)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() <= whole.len(), "{query} shows nothing");
        assert_eq!(place.all(owner, "audit-events", &query).await, expected, "{query}");
    }
    assert_eq!(place.all(owner, "audit-events", "&outcome=refused").await, [Value::Null; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_what_they_did_themselves_and_nothing_else() {
    let place = Place::start().await;
    let (admin, member) = (&place.people["admin@acme.example"], &place.people["member@acme.example"]);
    assert_eq!(member.1.get(&format!("{}/audit-events", place.at)).await.status(), 403);
    let own = place.all(&admin.1, "activity", "").await;
    let actions: Vec<&str> = own.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["project.member-set", "project.created"]);
    assert!(own.iter().all(|event| event["actor"]["id"] == json!(admin.0)));
    let foreign = format!("&actor={}", admin.0);
    assert_eq!(place.all(&member.1, "activity", &foreign).await, [Value::Null; 0], "somebody else's activity");
    assert_eq!(place.all(&admin.1, "activity", "&action=project.created").await.len(), 1);
    let other = place.portal.organization("Other").await;
    assert_eq!(member.1.get(&format!("/v1/organizations/{other}/activity")).await.status(), 404);
    let seen = place.ops.get(&format!("{}/audit-events?action=audit.read", place.at)).await.expect_status(200).json();
    assert_eq!(seen["items"], json!([]), "one's own activity is not the log");
}
