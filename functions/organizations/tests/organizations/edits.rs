//! What a merge patch, a key sent again and a filter say, and which names are one.

use domain::OrgRole;
use serde_json::{Value, json};

use crate::portal::Portal;

#[tokio::test]
async fn null_does_not_stand_for_a_field_that_cannot_be_without_a_value() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let at = format!("/v1/organizations/{}", acme.id);
    let project = portal.post(&olga.token, &format!("{at}/projects"), json!({"name": "Team"})).await.expect(201);
    let project = format!("{at}/projects/{}", project.text("id"));
    let mut patches = vec![(at.clone(), "name"), (at.clone(), "slug")];
    patches.extend([(project.clone(), "name"), (project.clone(), "archived")]);
    for kind in ["use-cases", "agents"] {
        let list = format!("{project}/{kind}");
        let made = portal.post(&olga.token, &list, json!({"name": "Reads"})).await.expect(201);
        let path = format!("{list}/{}", made.text("id"));
        patches.extend([(path.clone(), "name"), (path, "archived")]);
    }
    for (path, field) in patches {
        let before = portal.get(&olga.token, &path).await.expect(200).json();
        let version = before["version"].as_u64().unwrap();
        let refused = portal.patch(&olga.token, &path, version, json!({ field: null })).await;
        assert_eq!(refused.refused(422, "request.invalid"), format!("/{field}"), "{path}");
        let kept = portal.patch(&olga.token, &path, version, json!({})).await.expect(200).json();
        let told = |view: &Value| (view[field].clone(), view["version"].clone());
        assert_eq!(told(&kept), told(&before), "{path}: an absent field keeps what is there");
    }
}

#[tokio::test]
async fn a_key_that_added_somebody_says_so_whatever_else_it_is_sent_with() {
    let portal = Portal::start().await;
    let (acme, beta) = (portal.organization("Acme").await, portal.organization("Beta").await);
    let adam = portal.person(&acme, "adam", OrgRole::Admin).await;
    let bob = portal.person(&beta, "bob", OrgRole::Member).await;
    let members = format!("/v1/organizations/{}/members", acme.id);
    let add = async |key: &str, body: Value| portal.post_once(&adam.token, &members, key, body).await;
    let by_id = json!({"user_id": bob.id, "role": "member"});
    add("one", by_id.clone()).await.expect(201);
    add("one", by_id).await.expect(201);
    let unknown = json!({"email": "nobody@x.example", "role": "member"});
    add("one", unknown.clone()).await.problem(422, "idempotency.key-reused");
    add("one", json!({"user_id": bob.id, "role": "admin"})).await.problem(422, "idempotency.key-reused");
    add("two", unknown).await.problem(404, "resource.not-found");
    // What nobody of that role may ask for is refused before a key is looked at.
    add("one", json!({"user_id": bob.id, "role": "owner"})).await.problem(403, "permission.denied");
}

#[tokio::test]
async fn a_character_that_shows_nothing_makes_no_other_name_and_no_name_by_itself() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let projects = format!("/v1/organizations/{}/projects", acme.id);
    portal.post(&olga.token, &projects, json!({"name": "Acme"})).await.expect(201);
    for twin in ["Acme\u{fe0f}", "Acme\u{e0061}", "Ac\u{2800}me", "\u{3164}Acme"] {
        let body = json!({ "name": twin });
        portal.post(&root.token, "/v1/organizations", body.clone()).await.problem(409, "organization.name-taken");
        portal.post(&olga.token, &projects, body).await.problem(409, "project.name-taken");
    }
    for blank in ["\u{3164}", "\u{2800}", "\u{ffa0}\u{fe0f}"] {
        let body = json!({ "name": blank });
        portal.post(&root.token, "/v1/organizations", body.clone()).await.problem(422, "request.invalid");
        portal.post(&olga.token, &projects, body).await.problem(422, "request.invalid");
    }
}

#[tokio::test]
async fn organizations_are_not_listed_by_a_status_that_none_of_them_can_have() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    for status in ["provisioning", "active", "archived", "deleting"] {
        portal.get(&root.token, &format!("/v1/organizations?status={status}")).await.expect(200);
    }
    for status in ["deleted", "Active", "gone", ""] {
        portal.get(&root.token, &format!("/v1/organizations?status={status}")).await.problem(400, "request.malformed");
    }
}
