//! The explain route.

use serde_json::json;

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn it_says_who_serves_a_model_and_which_rule_speaks_against_every_other() {
    let place = Place::start().await;
    let old = place.global("Old", json!({ "small": {} })).await;
    let off = place.global("Off", json!({ "small": { "enabled": false } })).await;
    let listed = place.global("Listed", json!({ "small": {} })).await;
    let _ =
        place.ops.edit(&format!("/v1/providers/{listed}"), json!({ "assignment": "listed" })).await.expect_status(200);
    let bare =
        place.ops.post("/v1/providers", json!({ "name": "Bare", "type": "openai", "models": { "small": {} } })).await;
    let bare = bare.expect_status(201).text("id");
    let told = place.access("?model=small").await;
    assert_eq!((&told["usable"], &told["served_by"], &told["named_by"]), (&json!(true), &json!(old), &json!("caller")));
    let rules: Vec<_> = told["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|candidate| {
            (candidate["provider_id"].as_str().unwrap(), candidate["refused_by"].as_str(), &candidate["rank"])
        })
        .collect();
    let expected = [
        (old.as_str(), None, &json!("global")),
        (off.as_str(), Some("model-disabled"), &json!("global")),
        (listed.as_str(), Some("not-assigned"), &json!("global")),
        (bare.as_str(), Some("no-credential"), &json!("global")),
    ];
    assert_eq!(rules, expected);
    let unknown = place.access("?model=nobodys").await;
    assert_eq!((&unknown["usable"], &unknown["candidates"]), (&json!(false), &json!([])));
    let none = place.access("").await;
    assert_eq!((&none["usable"], none["model"].is_null()), (&json!(false), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_whoever_sees_the_project_and_for_nobody_else() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let path = place.at(&format!("/projects/{}/model-access", place.project));
    assert_eq!(place.client("member@acme.example").get(&path).await.status(), 403, "no role in the team project");
    let foreign = format!("/v1/organizations/{beta}/projects/{}/model-access", place.project);
    assert_eq!(place.admin().get(&foreign).await.status(), 404);
    assert_eq!(place.ops.get(&foreign).await.status(), 404, "another organization's project");
    for wrong in ["?model=", "?model=with%20space", "?modell=x"] {
        assert_eq!(place.admin().get(&format!("{path}{wrong}")).await.status(), 400, "{wrong}");
    }
}
