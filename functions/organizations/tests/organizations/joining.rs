//! Who may join, and what becomes of names and ids that do not fit.

use domain::{Code, OrgRole};
use http::Method;
use serde_json::{Value, json};

use crate::portal::Portal;

#[tokio::test]
async fn who_belongs_already_is_suspended_or_unknown_cannot_be_added() {
    let portal = Portal::start().await;
    let (acme, beta) = (portal.organization("Acme").await, portal.organization("Beta").await);
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let bob = portal.person(&beta, "bob", OrgRole::Member).await;
    let members = format!("/v1/organizations/{}/members", acme.id);
    let add = async |body: Value| portal.post(&olga.token, &members, body).await;
    add(json!({"user_id": olga.id, "role": "member"})).await.problem(409, "member.already");
    add(json!({"email": "nobody@x.example", "role": "member"})).await.problem(404, "resource.not-found");
    portal.suspend(&bob).await;
    add(json!({"user_id": bob.id, "role": "member"})).await.problem(409, "user.suspended");
    let count = portal.get(&olga.token, &format!("/v1/organizations/{}", acme.id)).await.expect(200).json();
    assert_eq!(count["member_count"], 1);
}

#[tokio::test]
async fn nobody_joins_an_archived_organization_not_even_by_a_superadmin() {
    let portal = Portal::start().await;
    let (acme, beta) = (portal.organization("Acme").await, portal.organization("Beta").await);
    let (root, bob) = (portal.superadmin().await, portal.person(&beta, "bob", OrgRole::Member).await);
    let path = format!("/v1/organizations/{}", acme.id);
    portal.post(&root.token, &format!("{path}/archive"), Value::Null).await.expect(200);
    let refused =
        portal.post(&root.token, &format!("{path}/members"), json!({"user_id": bob.id, "role": "owner"})).await;
    assert!(!refused.is(201));
    assert_eq!(refused.json()["code"], "organization.not-active");
    portal.post(&root.token, &format!("{path}/restore"), Value::Null).await.expect(200);
    portal.post(&root.token, &format!("{path}/members"), json!({"user_id": bob.id, "role": "owner"})).await.expect(201);
}

#[tokio::test]
async fn the_ids_of_another_organization_are_unknown_in_every_place_of_a_path() {
    let portal = Portal::start().await;
    let (acme, beta) = (portal.organization("Acme").await, portal.organization("Beta").await);
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let bob = portal.person(&beta, "bob", OrgRole::Owner).await;
    let (own, other) = (format!("/v1/organizations/{}", acme.id), format!("/v1/organizations/{}", beta.id));
    let foreign = portal.post(&bob.token, &format!("{other}/projects"), json!({"name": "Team"})).await.expect(201);
    let foreign = foreign.text("id");
    for path in [
        other.clone(),
        format!("{other}/members"),
        format!("{other}/projects"),
        format!("{other}/projects/{foreign}"),
        format!("{own}/members/{}", bob.id),
        format!("{own}/projects/{foreign}"),
        format!("{own}/projects/{foreign}/members"),
        format!("{own}/projects/{foreign}/use-cases"),
        format!("{own}/projects/{}", beta.default_project),
    ] {
        portal.get(&olga.token, &path).await.problem(404, "resource.not-found");
    }
    let role = json!({"role": "viewer"});
    for path in [
        format!("{own}/projects/{foreign}/members/{}", olga.id),
        format!("{own}/projects/{foreign}/members/{}", bob.id),
    ] {
        portal.put(&olga.token, &path, role.clone()).await.problem(404, "resource.not-found");
    }
    for (method, path) in
        [(Method::DELETE, format!("{own}/members/{}", bob.id)), (Method::DELETE, format!("{own}/projects/{foreign}"))]
    {
        portal.call(&olga.token, (method, &path), None, Value::Null).await.problem(404, "resource.not-found");
    }
    portal.get(&bob.token, &format!("{other}/projects/{foreign}")).await.expect(200);
}

#[tokio::test]
async fn who_is_renamed_while_they_join_has_the_new_name_in_every_list() {
    let portal = Portal::start().await;
    let (acme, beta) = (portal.organization("Acme").await, portal.organization("Beta").await);
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let bob = portal.person(&beta, "bob", OrgRole::Member).await;
    let members = format!("/v1/organizations/{}/members", acme.id);
    let read = portal.account(&bob).await;
    portal.post(&olga.token, &members, json!({"user_id": bob.id, "role": "member"})).await.expect(201);
    // The account was read before he joined: the list of copies is behind.
    assert_eq!(portal.rename(&read, "Robert").await.unwrap_err().code(), Code::Conflict);
    portal.rename(&portal.account(&bob).await, "Robert").await.unwrap();
    let member = portal.get(&olga.token, &format!("{members}/{}", bob.id)).await.expect(200);
    assert_eq!(member.text("display_name"), "Robert");
    // Another edit of the account is told from a join.
    assert_eq!(portal.rename(&read, "Rob").await.unwrap_err().code(), Code::PreconditionFailed);
}

#[tokio::test]
async fn the_models_of_a_project_are_at_most_a_hundred_and_named_in_visible_ascii() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let path = format!("/v1/organizations/{}/projects", acme.id);
    let models = |count: usize, one: &str| json!({"name": "Team", "models_allowed": vec![one; count]});
    for refused in [models(101, "gpt-5"), models(1, &"x".repeat(129)), models(1, "模型"), models(1, "gpt 5")] {
        portal.post(&olga.token, &path, refused).await.problem(422, "request.invalid");
    }
    let team = portal.post(&olga.token, &path, models(100, &"x".repeat(128))).await.expect(201).text("id");
    let patch = json!({"models_allowed": vec!["gpt-5"; 101]});
    portal.patch(&olga.token, &format!("{path}/{team}"), 1, patch).await.problem(422, "request.invalid");
}
