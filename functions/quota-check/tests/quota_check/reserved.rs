//! What is reserved, settled and released.

use futures::future::join_all;
use serde_json::json;

use crate::place::{Place, fresh};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_held_and_then_charged_with_what_it_used() {
    let place = Place::start().await;
    place.limit("organization", 100).await;
    let id = fresh();
    let held = place.reserve(&[place.call(&id, 60)]).await.expect_status(200);
    assert_eq!(held.json()["reservations"][0]["status"], "held");
    assert!(held.header("ratelimit").starts_with("\"tokens\";r=40;t="), "{}", held.header("ratelimit"));
    assert!(held.header("ratelimit-policy").starts_with("\"tokens\";q=100;w="));
    place.reserve(&[place.call(&fresh(), 60)]).await.expect_status(429);
    let settled = place.settle(&id, 10).await.expect_status(200).json();
    assert_eq!((&settled["tokens"], &settled["late"]), (&json!(10), &json!(false)));
    let more = place.reserve(&[place.call(&fresh(), 60)]).await.expect_status(200);
    assert!(more.header("ratelimit").starts_with("\"tokens\";r=30;t="), "{}", more.header("ratelimit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_holds_charges_and_releases_once() {
    let place = Place::start().await;
    place.limit("organization", 100).await;
    let (id, other) = (fresh(), fresh());
    for _ in 0..3 {
        place.reserve(&[place.call(&id, 60)]).await.expect_status(200);
    }
    for _ in 0..3 {
        place.settle(&id, 20).await.expect_status(200);
    }
    assert_eq!(place.settle(&id, 21).await.expect_status(422).code(), "reservation.reused");
    let ended = place.reserve(&[place.call(&id, 60)]).await.expect_status(200);
    assert_eq!(ended.json()["reservations"][0]["status"], "settled");
    place.reserve(&[place.call(&other, 80)]).await.expect_status(200);
    assert_eq!(place.reserve(&[place.call(&other, 79)]).await.expect_status(422).code(), "reservation.reused");
    for _ in 0..3 {
        place.release(&other).await.expect_status(204);
    }
    place.reserve(&[place.call(&fresh(), 80)]).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_calls_are_reserved_together_or_not_at_all() {
    let place = Place::start().await;
    place.limit("organization", 100).await;
    let three = [place.call(&fresh(), 30), place.call(&fresh(), 30), place.call(&fresh(), 30)];
    let held = place.reserve(&three).await.expect_status(200).json();
    assert_eq!(held["reservations"].as_array().unwrap().len(), 3);
    let refused = place.reserve(&[place.call(&fresh(), 5), place.call(&fresh(), 6)]).await.expect_status(429);
    assert_eq!(refused.json()["quota"]["requested"], 6);
    place.reserve(&[place.call(&fresh(), 10)]).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_at_once_get_no_more_than_there_is() {
    let place = Place::start().await;
    place.limit("organization", 50).await;
    place.limit(&format!("user#{}", place.user), 1_000).await;
    let place = &place;
    let asked = (0..64).map(async |_| place.reserve(&[place.call(&fresh(), 10)]).await.status());
    let statuses = join_all(asked).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_is_charged_also_where_nothing_was_reserved_or_the_organization_was_archived() {
    let place = Place::start().await;
    place.limit("organization", 100).await;
    let (held, never) = (fresh(), fresh());
    place.reserve(&[place.call(&held, 10)]).await.expect_status(200);
    let settled = place.settle(&never, 70).await.expect_status(200);
    assert_eq!(settled.json()["late"], true);
    place.settle(&never, 70).await.expect_status(200);
    let at = format!("/v1/organizations/{}", place.org);
    place.ops.act(&format!("{at}/archive")).await.expect_status(200);
    let refused = place.reserve(&[place.call(&fresh(), 1)]).await.expect_status(403);
    assert_eq!(refused.code(), "organization.not-active");
    place.settle(&held, 15).await.expect_status(200);
    place.ops.act(&format!("{at}/restore")).await.expect_status(200);
    let short = place.reserve(&[place.call(&fresh(), 16)]).await.expect_status(429).json();
    assert_eq!((&short["quota"]["used"], &short["quota"]["remaining"]), (&json!(85), &json!(15)));
}
