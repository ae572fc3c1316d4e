//! Who uses a provider: it is deleted while nobody does.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::place::Place;

async fn users(place: &Place, provider: &str) -> Vec<(String, String)> {
    let path = format!("/v1/providers/{provider}/organizations");
    let listed = place.ops.get(&path).await.expect_status(200).json();
    let text = |user: &Value, field: &str| user[field].as_str().unwrap().to_owned();
    listed["items"].as_array().unwrap().iter().map(|user| (text(user, "organization_id"), text(user, "uses"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_of_the_platform_is_not_deleted_while_organizations_use_it_and_says_which() {
    let place = Place::start().await;
    let provider = place.global("Everybody's", json!({ "small": {} })).await;
    let path = format!("/v1/providers/{provider}");
    let entry = format!("{path}/organizations/{}", place.org);
    for _ in 0..2 {
        let _ = place.ops.put(&entry, json!({})).await.expect_status(204);
    }
    let settings = |default: Value| json!({ "settings": { "default_provider": default } });
    let _ = place.admin().edit(&place.at(""), settings(json!(provider))).await.expect_status(200);
    let both = vec![(place.org.clone(), "assigned".to_owned()), (place.org.clone(), "default".to_owned())];
    assert_eq!(users(&place, &provider).await, both);
    let refused = place.ops.delete(&path).await.expect_status(409);
    assert_eq!(refused.code(), "provider.in-use");
    assert!(
        refused.text("detail").contains(&format!("{} (assigned), {} (default)", place.org, place.org)),
        "{refused:?}"
    );
    for _ in 0..2 {
        let _ = place.ops.delete(&entry).await.expect_status(204);
    }
    assert_eq!(place.ops.delete(&path).await.status(), 409, "it is still somebody's default");
    let _ = place.admin().edit(&place.at(""), settings(Value::Null)).await.expect_status(200);
    assert_eq!(users(&place, &provider).await, []);
    let _ = place.ops.delete(&path).await.expect_status(204);
    let recorded = place.ops.get(&place.at("/audit-events?action=provider.assigned")).await.expect_status(200).json();
    assert_eq!(recorded["items"].as_array().unwrap().len(), 2, "said twice, it is recorded once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organizations_own_provider_is_not_deleted_while_it_is_the_default() {
    let place = Place::start().await;
    let own = place.provider(&place.at("/providers"), "Own", json!({})).await;
    let other = place.provider(&place.at("/providers"), "Other", json!({})).await;
    let settings = |default: &str| json!({ "settings": { "default_provider": default } });
    let _ = place.admin().edit(&place.at(""), settings(&own)).await.expect_status(200);
    let refused = place.ops.delete(&place.at(&format!("/providers/{own}"))).await.expect_status(409);
    assert_eq!(refused.code(), "provider.in-use");
    let _ = place.admin().edit(&place.at(""), settings(&other)).await.expect_status(200);
    let _ = place.ops.delete(&place.at(&format!("/providers/{own}"))).await.expect_status(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_default_is_the_organizations_own_provider_or_the_platforms_and_no_other() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let foreign = place.provider(&format!("/v1/organizations/{beta}/providers"), "Beta's", json!({})).await;
    for unknown in [foreign.as_str(), "prv_01JZA000000000000000000000"] {
        let asked = json!({ "settings": { "default_provider": unknown } });
        let refused = place.admin().edit(&place.at(""), asked).await.expect_status(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], "/settings/default_provider");
        let made = json!({ "name": "Made", "settings": { "default_provider": unknown } });
        assert_eq!(place.ops.post("/v1/organizations", made).await.status(), 422);
    }
    let global = place.global("Everybody's", json!({})).await;
    let made = json!({ "name": "Made", "settings": { "default_provider": global } });
    let made = place.ops.post("/v1/organizations", made).await.expect_status(201).text("id");
    assert_eq!(users(&place, &global).await, [(made, "default".to_owned())]);
    let own = place.provider(&place.at("/providers"), "Own", json!({})).await;
    let assigned = place.ops.edit(&place.at(&format!("/providers/{own}")), json!({ "assignment": "listed" })).await;
    assert_eq!(assigned.status(), 422, "an organization's own provider is assigned to nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_assigned_and_deleted_at_once_is_either_used_or_gone() {
    let place = Place::start().await;
    for round in 0..8 {
        let provider = place.global(&format!("Provider {round}"), json!({})).await;
        let path = format!("/v1/providers/{provider}");
        let entry = format!("{path}/organizations/{}", place.org);
        let (assigned, deleted) = tokio::join!(place.ops.put(&entry, json!({})), place.ops.delete(&path));
        match (assigned.status(), deleted.status()) {
            (204, 409) => assert_eq!(users(&place, &provider).await.len(), 1),
            (404, 204) => assert_eq!(place.ops.get(&path).await.status(), 404),
            other => panic!("{other:?}: it is used and gone, or neither"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_assign_and_take_back_at_once_leave_a_count_that_lets_the_provider_be_deleted() {
    let place = Place::start().await;
    let provider = place.global("Everybody's", json!({})).await;
    let path = format!("/v1/providers/{provider}");
    let beta = place.portal.organization("Beta").await;
    let entries: Vec<String> =
        [&place.org, &beta].iter().cycle().take(8).map(|org| format!("{path}/organizations/{org}")).collect();
    let done = join_all(entries.iter().map(|entry| place.ops.put(entry, json!({})))).await;
    assert!(done.iter().all(|answer| [204, 503].contains(&answer.status())), "{done:?}");
    assert_eq!(users(&place, &provider).await.len(), 2);
    let done = join_all(entries.iter().map(|entry| place.ops.delete(entry))).await;
    assert!(done.iter().all(|answer| [204, 503].contains(&answer.status())), "{done:?}");
    for entry in &entries {
        let _ = place.ops.delete(entry).await.expect_status(204);
    }
    let _ = place.ops.delete(&path).await.expect_status(204);
}
