//! Preferences and defaults: layers, what cannot be switched, who may see and change what.

use futures::future::join_all;
use journeys::{Client, Portal, Row};
use serde_json::{Value, json};

const OWN: &str = "/v1/me/notification-preferences";
const PLATFORM: &str = "/v1/notification-defaults";
const KIND: &str = "membership.joined";

struct Place {
    portal: Portal,
    ops: Client,
    org: String,
    other: String,
    admin: Client,
    member: Client,
}

impl Place {
    async fn start() -> Self {
        let portal = Portal::start().await;
        let (org, other) = (portal.organization("Acme").await, portal.organization("Beta").await);
        let row = |email, role| Row { org: &org, email, role, ..Row::default() };
        let people = portal.people(&[row("adam@acme.example", "admin"), row("mia@acme.example", "member")]).await;
        let client = |email: &str| people[email].1.clone();
        let (admin, member) = (client("adam@acme.example"), client("mia@acme.example"));
        Self { ops: portal.superadmin().await, portal, org, other, admin, member }
    }

    fn defaults(&self) -> String {
        format!("/v1/organizations/{}/notification-defaults", self.org)
    }

    /// How mail of that kind comes out for the member there, and who says so.
    async fn mail(&self, kind: &str) -> Value {
        let seen = self.member.get(&format!("{OWN}?organization={}", self.org)).await.expect_status(200).json();
        let all = seen["effective"].as_array().unwrap();
        let found = all.iter().find(|one| one["kind"] == kind).unwrap();
        json!([found["email"]["value"], found["email"]["source"], found["email"]["can_be_switched"]])
    }
}

fn mail(kind: &str, value: impl Into<Value>) -> Value {
    json!({ "choices": { kind: { "email": value.into() } } })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_effective_view_says_what_comes_out_and_which_layer_says_so() {
    let place = Place::start().await;
    assert_eq!(place.mail(KIND).await, json!([true, "product", true]));
    let _ = place.ops.edit(PLATFORM, mail(KIND, false)).await.expect_status(200);
    assert_eq!(place.mail(KIND).await, json!([false, "platform", true]));
    let _ = place.admin.edit(&place.defaults(), mail(KIND, true)).await.expect_status(200);
    assert_eq!(place.mail(KIND).await, json!([true, "organization", true]));
    let _ = place.member.edit(OWN, mail(KIND, false)).await.expect_status(200);
    assert_eq!(place.mail(KIND).await, json!([false, "own", true]));
    let cleared = place.member.edit(OWN, mail(KIND, Value::Null)).await.expect_status(200).json();
    assert_eq!((&cleared["choices"], &cleared["version"]), (&json!({}), &json!(2)));
    assert_eq!(place.mail(KIND).await, json!([true, "organization", true]));
    let _ = place.admin.edit(&place.defaults(), json!({ "choices": null })).await.expect_status(200);
    assert_eq!(place.mail(KIND).await, json!([false, "platform", true]));
    assert_eq!(place.mail("security.password").await, json!([true, "product", false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_security_cannot_be_switched_by_anybody() {
    let place = Place::start().await;
    for (client, path) in [(&place.member, OWN), (&place.admin, &place.defaults()), (&place.ops, PLATFORM)] {
        for kind in ["security.password", "security.new-sign-in", "membership.invited", "link.verification"] {
            let refused = client.edit(path, mail(kind, false)).await.expect_status(422);
            assert_eq!(refused.code(), "request.invalid");
            assert!(refused.json().to_string().contains(&format!("/choices/{kind}/email")), "{refused:?}");
        }
        // A good choice beside a bad one is not made either.
        let both = json!({ "choices": { KIND: { "email": false }, "security.password": { "in_app": false } } });
        let _ = client.edit(path, both).await.expect_status(422);
        assert_eq!(client.get(path).await.json()["version"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_on_the_version_that_was_read_once() {
    let place = Place::start().await;
    let patch = || mail(KIND, false);
    assert_eq!(place.member.patch(OWN, patch()).await.status(), 428);
    let edited = place.member.with("if-match", "\"0\"").patch(OWN, patch()).await.expect_status(200);
    assert_eq!((edited.header("etag"), &edited.json()["choices"]), ("\"1\"", &json!({ KIND: { "email": false } })));
    assert_eq!(place.member.with("if-match", "\"0\"").patch(OWN, patch()).await.status(), 412);
    // The same again is no change.
    let same = place.member.with("if-match", "\"1\"").patch(OWN, patch()).await.expect_status(200);
    assert_eq!(same.header("etag"), "\"1\"");
    let member = place.member.with("if-match", "\"1\"");
    let edits = join_all((0..16).map(|at| member.patch(OWN, mail("usage.alert", at % 2 == 0)))).await;
    let made = edits.iter().filter(|answer| answer.status() == 200 && answer.header("etag") == "\"2\"").count();
    assert_eq!(made, 1, "{edits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_are_shown_for_ones_own_organizations_alone() {
    let place = Place::start().await;
    let at = |org: &str| format!("{OWN}?organization={org}");
    let _ = place.member.get(&at(&place.org)).await.expect_status(200);
    for org in [&place.other, "org_00000000000000000000000001"] {
        assert_eq!(place.member.get(&at(org)).await.expect_status(404).code(), "resource.not-found");
    }
    let _ = place.ops.act(&format!("/v1/organizations/{}/archive", place.org)).await.expect_status(200);
    assert_eq!(place.member.get(&at(&place.org)).await.expect_status(403).code(), "organization.not-active");
    let _ = place.member.get(OWN).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_recorded_with_what_was_chosen_before_and_after() {
    let place = Place::start().await;
    let _ = place.admin.edit(&place.defaults(), mail(KIND, true)).await.expect_status(200);
    let _ = place.admin.edit(&place.defaults(), mail(KIND, false)).await.expect_status(200);
    let _ = place.member.edit(OWN, mail(KIND, false)).await.expect_status(200);
    let _ = place.ops.edit(PLATFORM, mail(KIND, false)).await.expect_status(200);
    let of = |events: Vec<Value>| -> Vec<Value> {
        let changed = events.into_iter().filter(|event| event["action"] == "notification-preferences.changed");
        changed.map(|event| json!([event["target"]["kind"], event["changes"]])).collect()
    };
    let field = "membership.joined.email";
    let events = place.portal.events(&place.org).await;
    let wanted = [
        json!(["organization", [{ "field": field, "before": true, "after": false }]]),
        json!(["organization", [{ "field": field, "after": true }]]),
    ];
    assert_eq!(of(events), wanted);
    let path = "/v1/audit-events?action=notification-preferences.changed";
    let all = place.ops.get(path).await.expect_status(200).json()["items"].as_array().unwrap().clone();
    let kinds: Vec<Value> = of(all).into_iter().map(|event| event[0].clone()).collect();
    assert_eq!(kinds, ["settings", "user", "organization", "organization"]);
}
