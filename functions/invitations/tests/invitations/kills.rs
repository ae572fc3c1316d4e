//! Requests that are cut off at any call to the database, and sent again.

use embedded::Proxy;
use embedded::faults::{Fault, nth};
use journeys::{Answer, Row};
use serde_json::json;

use crate::place::Place;

const BEYOND: u64 = 40;

fn proxy(place: &Place) -> &Proxy {
    place.portal.stack().proxy().unwrap()
}

/// Sends a request that is cut off at that call, whole again afterwards; whether it reached that call.
async fn cut_off(place: &Place, number: u64, kind: Fault, request: impl Future<Output = Answer>) -> bool {
    let _ = proxy(place).take_log();
    proxy(place).script(nth(number, kind));
    let _ = request.await;
    let struck = proxy(place).take_log().iter().any(|call| call.fault != Fault::Pass);
    proxy(place).clear();
    struck
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_cut_off_at_any_call_is_made_once_when_it_is_repeated() {
    let place = Place::start().await;
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for number in 1..BEYOND {
            let email = format!("{kind:?}{number}@acme.example").to_lowercase();
            let keyed = place.admin.with("idempotency-key", &email);
            let (list, asked) = (place.list(), json!({ "email": email, "role": "member" }));
            let struck = cut_off(&place, number, kind, keyed.post(&list, asked.clone())).await;
            let id = keyed.post(&list, asked.clone()).await.expect_status(201).text("id");
            assert_eq!(keyed.post(&list, asked).await.expect_status(201).text("id"), id);
            let all = place.admin.get(&format!("{list}?limit=100")).await.json();
            let made = all["items"].as_array().unwrap().iter().filter(|one| one["email"] == email).count();
            assert_eq!(made, 1, "{kind:?} {number}");
            if !struck {
                assert!(number > 3, "only {number} calls were cut off");
                break;
            }
        }
    }
    let invited = place.admin.get(&format!("{}?limit=100", place.list())).await.json();
    assert_eq!(place.recorded("invitation.created").await, invited["items"].as_array().unwrap().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_that_is_cut_off_at_any_call_makes_one_account_and_one_membership() {
    let place = Place::start().await;
    let mut joined = 3;
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for number in 1..BEYOND {
            let email = format!("{kind:?}{number}@acme.example").to_lowercase();
            let token = place.token(&place.invite(&email).await, 1).await;
            let struck = cut_off(&place, number, kind, place.accept(&token)).await;
            let again = place.accept(&token).await;
            let told = (again.status(), again.json()["code"].clone());
            let clear = [(200, json!(null)), (409, json!("invitation.accepted"))];
            assert!(clear.contains(&told), "{kind:?} {number}: {again:?}");
            assert_eq!(place.accept(&token).await.expect_status(409).code(), "invitation.accepted");
            joined += 1;
            assert_eq!(place.counts(&email).await, (1, joined, usize::try_from(joined).unwrap()), "{kind:?} {number}");
            let found = place.ops.get(&format!("/v1/users?email={email}")).await.expect_status(200).json();
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{kind:?} {number}");
            if !struck {
                assert!(number > 4, "only {number} calls were cut off");
                break;
            }
        }
    }
    assert_eq!(place.recorded("invitation.accepted").await + 3, usize::try_from(joined).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_by_somebody_known_that_is_cut_off_at_any_call_makes_one_membership() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    // An e-mail is invited five times a day at most.
    let emails: Vec<String> = (0..8).map(|number| format!("bo{number}@beta.example")).collect();
    let row = |email| Row { org: &beta, email, role: "owner", ..Row::default() };
    let people = place.portal.people(&emails.iter().map(|email| row(email)).collect::<Vec<_>>()).await;
    let mut each = emails.iter().flat_map(|email| [email; 5]);
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for number in 1..BEYOND {
            let email = each.next().unwrap();
            let (user, bo) = &people[email];
            let token = place.token(&place.invite(email).await, 1).await;
            let struck = cut_off(&place, number, kind, place.accept_as(bo, &token)).await;
            let again = place.accept_as(bo, &token).await;
            let told = (again.status(), again.json()["code"].clone());
            let clear = [(200, json!(null)), (409, json!("invitation.accepted"))];
            assert!(clear.contains(&told), "{kind:?} {number}: {again:?}");
            assert_eq!(place.counts(email).await, (1, 4, 4), "{kind:?} {number}");
            let path = format!("/v1/organizations/{}/members/{user}", place.org);
            place.ops.delete(&path).await.expect_status(204);
            if !struck {
                assert!(number > 3, "only {number} calls were cut off");
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_that_is_cut_off_at_any_call_makes_one_newer_link_when_it_is_repeated() {
    let place = Place::start().await;
    let mut resent = 0;
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for number in 1..BEYOND {
            let email = format!("{kind:?}{number}@acme.example").to_lowercase();
            let id = place.invite(&email).await;
            let keyed = place.admin.with("idempotency-key", &email);
            let resend = format!("{}/resend", place.at(&id));
            let struck = cut_off(&place, number, kind, keyed.act(&resend)).await;
            keyed.act(&resend).await.expect_status(200);
            let standing =
                async |version| place.look_up(&place.token(&id, version).await).await.json()["state"].clone();
            let standings = (standing(1).await, standing(2).await);
            assert_eq!(standings, (json!("superseded"), json!("pending")), "{kind:?} {number}");
            resent += 1;
            if !struck {
                assert!(number > 3, "only {number} calls were cut off");
                break;
            }
        }
    }
    assert_eq!(place.recorded("invitation.resent").await, resent);
}
