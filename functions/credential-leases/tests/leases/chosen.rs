//! Which provider serves.

use serde_json::{Value, json};

use crate::place::{LEASES, Place};

async fn refused(place: &Place, model: &str) -> String {
    place.leased(model).await.expect_status(409).text("detail")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organizations_own_provider_serves_then_its_default_then_the_oldest_of_the_platform() {
    let place = Place::start().await;
    let models = || json!({ "small": {} });
    let oldest = place.provider("/v1/providers", "Oldest", models()).await;
    let younger = place.provider("/v1/providers", "Younger", models()).await;
    assert_eq!(place.served_by("small").await, "Oldest");
    let (_, id) = younger.rsplit_once('/').unwrap();
    let default = json!({ "settings": { "default_provider": id } });
    let _ = place.owner.edit(&place.at(""), default).await.expect_status(200);
    assert_eq!(place.served_by("small").await, "Younger");
    let own = place.own("Own", models()).await;
    assert_eq!(place.served_by("small").await, "Own");
    let _ = place.ops.edit(&own, json!({ "enabled": false })).await.expect_status(200);
    assert_eq!(place.served_by("small").await, "Younger");
    // Another organization's own is never anybody else's.
    let beta = place.portal.organization("Beta").await;
    let _ =
        place.provider(&format!("/v1/organizations/{beta}/providers"), "Beta's", json!({ "secret-model": {} })).await;
    assert_eq!(
        refused(&place, "secret-model").await,
        "no provider of the organization or of the platform has this model"
    );
    let _ = place.ops.edit(&younger, json!({ "enabled": false })).await.expect_status(200);
    let _ = place.ops.edit(&oldest, json!({ "enabled": false })).await.expect_status(200);
    assert_eq!(refused(&place, "small").await, "the provider of this model is disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_with_a_list_serves_those_on_it_from_the_next_call_on() {
    let place = Place::start().await;
    let global = place.provider("/v1/providers", "Listed", json!({ "small": {} })).await;
    let _ = place.ops.edit(&global, json!({ "assignment": "listed" })).await.expect_status(200);
    assert_eq!(refused(&place, "small").await, "the provider of this model is not assigned to the organization");
    let entry = format!("{global}/organizations/{}", place.org);
    let _ = place.ops.put(&entry, json!({})).await.expect_status(204);
    assert_eq!(place.served_by("small").await, "Listed");
    let _ = place.ops.delete(&entry).await.expect_status(204);
    assert_eq!(refused(&place, "small").await, "the provider of this model is not assigned to the organization");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_admins_switch_off_or_assign_is_in_force_with_the_next_call() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "dear": {}, "cheap": {} })).await;
    let choose = async |patch: Value| place.owner.edit(&place.at("/model-choices"), patch).await.expect_status(200);
    let _ = choose(json!({ "instead": { "dear": "cheap" } })).await;
    let lease = place.leased("dear").await.expect_status(200).json();
    assert_eq!((&lease["model"], &lease["instead_of"]), (&json!("cheap"), &json!("dear")));
    let _ = choose(json!({ "models": { "cheap": false } })).await;
    assert_eq!(refused(&place, "dear").await, "the organization does not use this model");
    let _ = choose(json!({ "instead": null })).await;
    let _ = place.leased("dear").await.expect_status(200);
    let only = json!({ "models_allowed": ["cheap"] });
    let _ = place.owner.edit(&place.at(&format!("/projects/{}", place.project)), only).await.expect_status(200);
    assert_eq!(refused(&place, "dear").await, "the project does not use this model");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_the_projects_default_is_leased_then_the_organizations_and_else_none() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "small": {}, "large": {} })).await;
    let unnamed = async || place.runtime.post(LEASES, place.body(&place.reserved().await, Value::Null)).await;
    let refused = unnamed().await.expect_status(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/model");
    let _ =
        place.owner.edit(&place.at(""), json!({ "settings": { "default_model": "large" } })).await.expect_status(200);
    assert_eq!(unnamed().await.expect_status(200).text("model"), "large");
    let project = place.at(&format!("/projects/{}", place.project));
    let _ = place.owner.edit(&project, json!({ "default_model": "small" })).await.expect_status(200);
    assert_eq!(unnamed().await.expect_status(200).text("model"), "small");
}
