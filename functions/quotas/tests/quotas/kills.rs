//! Requests that are cut off at any call to the database, and sent again.

use embedded::faults::{Fault, nth};
use journeys::Answer;
use serde_json::json;

use crate::place::Place;

const BEYOND: u64 = 40;

/// Sends a request that is cut off at that call, whole again afterwards; whether it reached that call.
async fn cut_off(place: &Place, number: u64, kind: Fault, request: impl Future<Output = Answer>) -> bool {
    let proxy = place.portal.stack().proxy().unwrap();
    let _ = proxy.take_log();
    proxy.script(nth(number, kind));
    let _ = request.await;
    let struck = proxy.take_log().iter().any(|call| call.fault != Fault::Pass);
    proxy.clear();
    struck
}

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_that_is_cut_off_at_any_call_is_given_once_when_it_is_repeated() {
    let place = Place::start().await;
    place.limit("project", json!({ "monthly": 0 })).await;
    let (list, mut given) = (place.at("top-ups"), 0);
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for number in 1..BEYOND {
            let keyed = place.client("admin").with("idempotency-key", &format!("{kind:?}{number}"));
            let struck = cut_off(&place, number, kind, keyed.post(&list, place.top_up("project", 3))).await;
            let id = keyed.post(&list, place.top_up("project", 3)).await.expect_status(201).text("id");
            assert_eq!(keyed.post(&list, place.top_up("project", 3)).await.expect_status(201).text("id"), id);
            given += 3;
            let seen = place.standing("operator", "project", "monthly", &format!("?project={}", place.team)).await;
            assert_eq!(seen["top_ups"], given, "{kind:?} {number}");
            if !struck {
                assert!(number > 3, "only {number} calls were cut off");
                break;
            }
        }
    }
    assert_eq!(place.recorded("top-up.given").await.len() * 3, given);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_is_cut_off_at_any_call_gives_once_when_it_is_repeated() {
    let place = Place::start().await;
    let mut given = 0;
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for number in 1..BEYOND {
            place.limit("member", json!({ "daily": 0 })).await;
            let mut asked = place.request("member", 3);
            asked["period"] = json!("daily");
            let asked = place.client("member").post(&place.at("quota-requests"), asked).await.expect_status(201);
            let path = place.at(&format!("quota-requests/{}/approve", asked.text("id")));
            let keyed = place.client("admin").with("idempotency-key", &format!("{kind:?}{number}"));
            let limit = json!({ "as": "limit", "limit": 0 });
            let struck = cut_off(&place, number, kind, keyed.post(&path, limit.clone())).await;
            let approved = keyed.post(&path, limit).await.expect_status(200).json();
            assert_eq!(approved["state"], "approved", "{kind:?} {number}");
            given += 1;
            assert_eq!(place.recorded("quota-request.approved").await.len(), given, "{kind:?} {number}");
            if !struck {
                assert!(number > 5, "only {number} calls were cut off");
                break;
            }
        }
    }
}
