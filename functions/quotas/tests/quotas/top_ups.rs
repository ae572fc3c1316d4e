//! Top-ups: they add up, end with their window, and are taken back.

use domain::quota::{Limiting, RevokeTopUp, ScopeObject};
use domain::{Code, OrgRole};
use futures::FutureExt;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::place::{Place, mint, tally};

/// The first instant of the month after the present one.
fn next_month() -> domain::Timestamp {
    domain::quota::Window::of(domain::quota::Period::Monthly, start::clock()).end()
}

fn last_of_month() -> domain::Timestamp {
    domain::Timestamp::from_millis(next_month().millis() - 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn top_ups_that_are_given_at_once_all_count_and_each_once() {
    let place = Place::start().await;
    place.limit("project", json!({ "monthly": 100 })).await;
    let (list, admin) = (place.at("top-ups"), place.client("admin"));
    let given = join_all((1..=16_u64).map(|tokens| admin.post(&list, place.top_up("project", tokens)).boxed())).await;
    assert!(given.iter().all(|answer| [201, 409].contains(&answer.status())), "{:?}", tally(&given));
    let wanted: u64 = given
        .iter()
        .filter(|answer| answer.status() == 201)
        .map(|answer| answer.json()["tokens"].as_u64().unwrap())
        .sum();
    assert!(wanted > 0);
    let query = format!("?project={}", place.team);
    let seen = place.standing("operator", "project", "monthly", &query).await;
    assert_eq!((&seen["top_ups"], &seen["effective"]), (&json!(wanted), &json!(100 + wanted)));
    let listed: u64 = place.items(admin, "top-ups").await.iter().map(|top_up| top_up["tokens"].as_u64().unwrap()).sum();
    assert_eq!(listed, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_with_one_key_is_given_once_and_another_body_is_refused() {
    let place = Place::start().await;
    place.limit("member", json!({ "monthly": 10 })).await;
    let (list, keyed) = (place.at("top-ups"), place.client("admin").with("idempotency-key", "one"));
    let first = keyed.post(&list, place.top_up("member", 5)).await.expect_status(201);
    let again = keyed.post(&list, place.top_up("member", 5)).await.expect_status(201);
    assert_eq!(first.text("id"), again.text("id"));
    let other = keyed.post(&list, place.top_up("member", 6)).await.expect_status(422);
    assert_eq!(other.code(), "idempotency.key-reused");
    assert_eq!(place.standing("member", "user", "monthly", "").await["effective"], 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_is_taken_back_once_and_by_whoever_may_set_the_limit() {
    let place = Place::start().await;
    place.limit("organization", json!({ "monthly": 10 })).await;
    place.limit("use_case", json!({ "monthly": 10 })).await;
    let list = place.at("top-ups");
    let of_ceiling = place.ops.post(&list, place.top_up("organization", 5)).await.expect_status(201).text("id");
    let of_use_case =
        place.client("p-admin").post(&list, place.top_up("use_case", 5)).await.expect_status(201).text("id");
    let revoke = |id: &str| place.at(&format!("top-ups/{id}/revoke"));
    for (id, refused) in [(&of_ceiling, ["member", "p-admin", "admin", "owner"]), (&of_use_case, ["member"; 4])] {
        for who in refused {
            assert_eq!(place.client(who).act(&revoke(id)).await.status(), 403, "{who}");
        }
    }
    assert_eq!(place.client("owner@beta.example").act(&revoke(&of_ceiling)).await.status(), 404);
    assert_eq!(place.client("admin").act(&revoke("top_01JZA000000000000000000000")).await.status(), 404);
    let path = revoke(&of_use_case);
    let taken = join_all((0..8).map(|_| place.client("p-admin").act(&path).boxed())).await;
    assert_eq!(tally(&taken).get(&200), Some(&1), "{:?}", tally(&taken));
    assert_eq!(place.client("admin").act(&revoke(&of_use_case)).await.expect_status(409).code(), "top-up.over");
    let query = format!("?project={}&use_case={}", place.team, place.use_case);
    assert_eq!(place.standing("operator", "use_case", "monthly", &query).await["effective"], 10);
    assert_eq!(place.standing("operator", "organization", "monthly", &query).await["effective"], 15);
    assert_eq!(place.recorded("top-up.revoked").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_can_be_taken_back_up_to_the_last_instant_of_its_window() {
    let place = Place::start().await;
    place.limit("member", json!({ "monthly": 10 })).await;
    let list = place.at("top-ups");
    let give =
        async || place.client("admin").post(&list, place.top_up("member", 5)).await.expect_status(201).text("id");
    let (early, late) = (give().await, give().await);
    let admin = place.actor("admin", OrgRole::Admin).await;
    let object = ScopeObject::User { id: place.id("member").parse().unwrap() };
    let revoke = async |id: &str, at| {
        let what = RevokeTopUp { id: id.parse().unwrap() };
        let granted = admin.grant(Limiting { object, what }, place.org.parse().unwrap()).unwrap();
        place.store().revoke_top_up(&granted, &mut mint(at)).await.map_err(|error| error.code())
    };
    assert_eq!(revoke(&late, next_month()).await, Err(Code::TopUpOver));
    assert!(revoke(&early, last_of_month()).await.unwrap().revoked.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unlimited_or_not_there_is_not_topped_up_and_nothing_is_left_behind() {
    let place = Place::start().await;
    let (list, admin) = (place.at("top-ups"), place.client("admin"));
    assert_eq!(admin.post(&list, place.top_up("project", 1)).await.expect_status(409).code(), "quota.unlimited");
    let asks = |scope: Value, tokens: i64| json!({ "scope": scope, "tokens": tokens, "reason": "why" });
    place.limit("project", json!({ "monthly": 1 })).await;
    for (scope, tokens, status, pointer) in [
        (json!({ "kind": "project", "id": "prj_01JZA000000000000000000000" }), 1, 404, Value::Null),
        (json!({ "kind": "project" }), 1, 422, json!("/scope/id")),
        (json!({ "kind": "use_case", "id": place.use_case }), 1, 422, json!("/scope/project")),
        (json!({ "kind": "project", "id": place.team, "project": place.team }), 1, 422, json!("/scope/project")),
        (place.scope("project"), 0, 422, json!("/tokens")),
        (place.scope("project"), i64::MAX, 422, json!("/tokens")),
        (json!(["project", place.team]), 1, 400, json!("/scope")),
    ] {
        let refused = admin.post(&list, asks(scope.clone(), tokens)).await;
        assert_eq!((refused.status(), refused.json()["errors"][0]["pointer"].clone()), (status, pointer), "{scope}");
    }
    assert!(place.items(admin, "top-ups").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_stand_in_no_record() {
    let place = Place::start().await;
    place.limit("operator", json!({ "monthly": 0 })).await;
    let _ = place.client("admin").post(&place.at("top-ups"), place.top_up("operator", 5)).await.expect_status(201);
    place.limit("member", json!({ "monthly": 0 })).await;
    let id = place.ask("member", "member", 5).await;
    let path = place.at(&format!("quota-requests/{id}/deny"));
    let denied = place.client("admin").post(&path, json!({ "note": "a secret merger" })).await;
    assert_eq!(denied.expect_status(200).json()["note"], "a secret merger");
    let events = place.portal.events(&place.org).await;
    assert!(events.iter().any(|event| event["action"] == "top-up.given"));
    assert!(events.iter().all(|event| !event.to_string().contains("merger")));
}
