//! What an owner sees and says of the organization's encryption key.

use domain::OrgRole;
use http::Method;
use serde_json::{Value, json};

use crate::portal::Portal;

#[tokio::test]
async fn a_key_that_nobody_turned_has_one_version_and_no_schedule() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let at = format!("/v1/organizations/{}/encryption-key", acme.id);
    let seen = portal.get(&olga.token, &at).await.expect(200).json();
    assert_eq!((&seen["newest_version"], &seen["oldest_version"], &seen["version"]), (&json!(1), &json!(1), &json!(0)));
    for absent in ["rotate_every_days", "rotates_at", "rotation"] {
        assert!(seen[absent].is_null(), "{absent}");
    }
}

#[tokio::test]
async fn a_schedule_is_set_changed_and_taken_back_on_the_version_that_was_read() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let at = format!("/v1/organizations/{}/encryption-key", acme.id);
    let set = async |version: u64, days: Value| {
        portal.patch(&olga.token, &at, version, json!({ "rotate_every_days": days })).await
    };
    let seen = set(0, json!(30)).await.expect(200).json();
    assert_eq!((&seen["rotate_every_days"], &seen["version"]), (&json!(30), &json!(1)));
    let made = seen["made_at"].as_str().unwrap();
    assert!(seen["rotates_at"].as_str().unwrap() > made);
    set(0, json!(60)).await.problem(412, "precondition.failed");
    for (odd, status, code) in [
        (json!(29), 422, "request.invalid"),
        (json!(3_651), 422, "request.invalid"),
        (json!(-1), 400, "request.malformed"),
        (json!("30"), 400, "request.malformed"),
    ] {
        assert_eq!(set(1, odd.clone()).await.refused(status, code), "/rotate_every_days", "{odd}");
    }
    assert_eq!(set(1, json!(30)).await.expect(200).json()["version"], 1, "the same again changes nothing");
    assert!(set(1, Value::Null).await.expect(200).json()["rotates_at"].is_null());
    portal.call(&olga.token, (Method::PATCH, &at), None, json!({})).await.problem(428, "precondition.required");
}

#[tokio::test]
async fn a_rotation_is_asked_for_once_by_one_key_and_a_second_one_waits() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let at = format!("/v1/organizations/{}/encryption-key", acme.id);
    let rotations = format!("{at}/rotations");
    let asked = portal.post_once(&olga.token, &rotations, "one", Value::Null).await.expect(202).json();
    assert_eq!((&asked["rotation"]["state"], &asked["newest_version"]), (&json!("requested"), &json!(1)));
    assert_eq!(asked["rotation"]["requested_by"], olga.id.to_string());
    let again = portal.post_once(&olga.token, &rotations, "one", Value::Null).await.expect(202).json();
    assert_eq!(again, asked);
    portal.post_once(&olga.token, &rotations, "two", Value::Null).await.problem(409, "encryption-key.rotating");
    let seen = portal.patch(&olga.token, &at, 0, json!({ "rotate_every_days": 90 })).await.expect(200).json();
    assert_eq!(seen["rotation"]["state"], "requested", "the schedule leaves a rotation alone");
}

#[tokio::test]
async fn the_key_is_the_owners_business_and_a_superadmins() {
    let portal = Portal::start().await;
    let (acme, beta) = (portal.organization("Acme").await, portal.organization("Beta").await);
    let adam = portal.person(&acme, "adam", OrgRole::Admin).await;
    let olga = portal.person(&beta, "olga", OrgRole::Owner).await;
    let at = format!("/v1/organizations/{}/encryption-key", acme.id);
    for (who, status, code) in [(&adam, 403, "permission.denied"), (&olga, 404, "resource.not-found")] {
        portal.get(&who.token, &at).await.problem(status, code);
        portal.patch(&who.token, &at, 0, json!({ "rotate_every_days": 90 })).await.problem(status, code);
        portal.post(&who.token, &format!("{at}/rotations"), Value::Null).await.problem(status, code);
    }
    let root = portal.superadmin().await;
    portal.post(&root.token, &format!("{at}/rotations"), Value::Null).await.expect(202);
}
