//! Requests for more tokens: who asks, who decides, and that each is decided once.

use std::time::Duration;

use domain::quota::{AskForMore, DecideRequest, Decision, Period, ScopeObject, Tokens};
use domain::sealed::Sealed;
use domain::{Code, OrgRole, Timestamp};
use futures::FutureExt;
use futures::future::join_all;
use serde_json::json;
use store::quota::SealedReason;

use crate::place::{Place, mint, tally};

/// Thirty days from now but for a minute: a request made a moment ago still waits.
fn in_time() -> Timestamp {
    start::clock().plus(Duration::from_secs(30 * 24 * 3600 - 60))
}

/// And a minute after them.
fn too_late() -> Timestamp {
    start::clock().plus(Duration::from_secs(30 * 24 * 3600 + 60))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_approvals_at_once_one_gives_and_the_rest_are_told_that_it_is_decided() {
    let place = Place::start().await;
    place.limit("project", json!({ "monthly": 0 })).await;
    let id = place.ask("operator", "project", 40).await;
    let path = place.at(&format!("quota-requests/{id}/approve"));
    let approvals = (0..64).map(|number| {
        let client = place.client(["admin", "other-admin", "owner"][number % 3]);
        client.post(&path, json!({})).boxed()
    });
    let answers = join_all(approvals).await;
    assert_eq!(tally(&answers), [(200, 1), (409, 63)].into(), "{answers:?}");
    let codes: Vec<String> = answers.iter().filter(|one| one.status() == 409).map(journeys::Answer::code).collect();
    assert!(codes.iter().all(|code| ["quota-request.over", "resource.busy"].contains(&code.as_str())), "{codes:?}");
    let seen = place.standing("operator", "project", "monthly", &format!("?project={}", place.team)).await;
    assert_eq!((&seen["top_ups"], &seen["effective"]), (&json!(40), &json!(40)));
    assert_eq!(place.items(place.client("admin"), "top-ups").await.len(), 1);
    assert_eq!(place.recorded("top-up.given").await.len(), 1);
    assert_eq!(place.recorded("quota-request.approved").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_on_the_own_request_whatever_they_are() {
    let place = Place::start().await;
    place.limit("organization", json!({ "monthly": 0 })).await;
    place.limit("use_case", json!({ "monthly": 0 })).await;
    for (who, of) in [("p-admin", "use_case"), ("owner", "organization")] {
        let id = place.ask(who, of, 5).await;
        for (step, body) in [("approve", json!({})), ("deny", json!({}))] {
            let path = place.at(&format!("quota-requests/{id}/{step}"));
            assert_eq!(place.client(who).post(&path, body).await.status(), 403, "{who} {step}");
        }
    }
    let asked = place.ops.post(&place.at("quota-requests"), place.request("organization", 5)).await.expect_status(201);
    let path = place.at(&format!("quota-requests/{}/approve", asked.text("id")));
    let refused = place.ops.post(&path, json!({})).await.expect_status(403);
    assert_eq!(refused.code(), "permission.denied");
    assert!(place.items(place.client("admin"), "top-ups").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_set_a_limit_decides_about_it_and_nobody_else() {
    let place = Place::start().await;
    let asks = [("organization", "member"), ("project", "operator"), ("use_case", "operator"), ("member", "member")];
    for (of, who) in asks {
        place.limit(of, json!({ "monthly": 0 })).await;
        let id = place.ask(who, of, 5).await;
        let path = place.at(&format!("quota-requests/{id}/approve"));
        assert_eq!(place.client("owner@beta.example").post(&path, json!({})).await.status(), 404);
        // A member who did not ask is not even shown it.
        let stranger = if who == "member" { "operator" } else { "member" };
        assert_eq!(place.client(stranger).post(&path, json!({})).await.status(), 404, "{of}");
        let project_admin = place.client("p-admin").post(&path, json!({})).await.status();
        assert_eq!(project_admin, if of == "use_case" { 200 } else { 404 }, "{of}");
        let admin = place.client("admin").post(&path, json!({})).await.status();
        assert_eq!(
            admin,
            match of {
                "organization" => 403,
                "use_case" => 409,
                _ => 200,
            },
            "{of}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_of_a_person_scope_and_period_waits_at_a_time() {
    let place = Place::start().await;
    place.limit("member", json!({ "monthly": 0, "daily": 0 })).await;
    let (list, member) = (place.at("quota-requests"), place.client("member"));
    let racers = join_all((0..16).map(|_| member.post(&list, place.request("member", 5)).boxed())).await;
    assert_eq!(tally(&racers).get(&201), Some(&1), "{:?}", tally(&racers));
    let again = member.post(&list, place.request("member", 5)).await.expect_status(409);
    assert_eq!(again.code(), "quota-request.pending");
    let mut daily = place.request("member", 5);
    daily["period"] = json!("daily");
    let _ = member.post(&list, daily).await.expect_status(201);
    let waiting = place.items(member, "quota-requests").await;
    let monthly = waiting.iter().find(|request| request["period"] == "monthly").unwrap()["id"].as_str().unwrap();
    let cancel = place.at(&format!("quota-requests/{monthly}/cancel"));
    assert_eq!(place.client("admin").act(&cancel).await.status(), 403, "only who asked takes it back");
    assert_eq!(member.act(&cancel).await.expect_status(200).json()["state"], "cancelled");
    assert_eq!(member.act(&cancel).await.expect_status(409).code(), "quota-request.over");
    let _ = place.ask("member", "member", 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_before_it_is_needed_or_for_what_does_not_bind_them() {
    let place = Place::start().await;
    let list = place.at("quota-requests");
    let ask = async |who: &str, of: &str| {
        let answer = place.client(who).post(&list, place.request(of, 5)).await;
        (answer.status(), answer.code())
    };
    assert_eq!(ask("member", "member").await, (409, "quota.unlimited".to_owned()));
    for of in ["organization", "project", "use_case", "member"] {
        place.limit(of, json!({ "monthly": 100 })).await;
    }
    assert_eq!(ask("member", "member").await, (409, "quota-request.too-early".to_owned()));
    assert_eq!(ask("operator", "project").await, (409, "quota-request.too-early".to_owned()));
    for (who, of) in [("member", "project"), ("member", "use_case"), ("admin", "project"), ("admin", "member")] {
        assert_eq!(ask(who, of).await.0, 403, "{who} asks for {of}");
    }
    assert_eq!(ask("owner@beta.example", "organization").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_can_be_decided_for_thirty_days_and_then_asked_anew() {
    let place = Place::start().await;
    place.limit("member", json!({ "monthly": 0 })).await;
    let id = place.ask("member", "member", 5).await;
    let (admin, member) = (place.actor("admin", OrgRole::Admin).await, place.actor("member", OrgRole::Member).await);
    let (org, object) = (place.org.parse().unwrap(), ScopeObject::User { id: member.user().unwrap() });
    let approve = async |at| {
        let decision = Decision::TopUp(None);
        let granted = admin.grant(DecideRequest { id: id.parse().unwrap(), object, decision }, org).unwrap();
        place.store().decide_quota_request(&granted, None, None, &mut mint(at)).await.map_err(|error| error.code())
    };
    let ask = async |at| {
        let asked = AskForMore { object, period: Period::Monthly, tokens: Tokens::try_from(6).unwrap() };
        let granted = member.grant(asked, org).unwrap();
        let reason = SealedReason { id: mint(at).id(), sealed: Sealed::new(vec![]) };
        place.store().ask_for_more(&granted, &reason, None, &mut mint(at)).await.map_err(|error| error.code())
    };
    assert_eq!(approve(too_late()).await, Err(Code::QuotaRequestOver));
    assert_eq!(ask(in_time()).await, Err(Code::QuotaRequestPending));
    assert!(ask(too_late()).await.is_ok());
    assert_eq!(approve(in_time()).await, Err(Code::QuotaRequestOver), "its claim was taken over");
    assert!(place.items(place.client("admin"), "top-ups").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_approved_with_the_amount_or_another_as_a_top_up_or_a_limit() {
    let place = Place::start().await;
    let admin = place.client("admin");
    for (who, asked, gives, effective) in [
        ("member", json!({}), json!({ "as": "top_up", "tokens": 5, "limit": null }), 5),
        ("p-admin", json!({ "tokens": 7 }), json!({ "as": "top_up", "tokens": 7, "limit": null }), 7),
        ("owner", json!({ "as": "limit" }), json!({ "as": "limit", "tokens": null, "limit": 5 }), 5),
        ("other-admin", json!({ "as": "limit", "limit": 0 }), json!({ "as": "limit", "tokens": null, "limit": 0 }), 0),
    ] {
        place.limit(who, json!({ "monthly": 0 })).await;
        let id = place.ask(who, who, 5).await;
        let approved = admin.post(&place.at(&format!("quota-requests/{id}/approve")), asked.clone()).await;
        let mut seen = approved.expect_status(200).json()["gives"].clone();
        seen.as_object_mut().unwrap().remove("top_up_id");
        assert_eq!(seen, gives, "{asked}");
        assert_eq!(place.standing(who, "user", "monthly", "").await["effective"], effective, "{asked}");
    }
    place.limit("operator", json!({ "monthly": 0 })).await;
    let id = place.ask("operator", "operator", 5).await;
    for refused in [json!({ "as": "limit", "tokens": 5 }), json!({ "limit": 5 }), json!({ "tokens": 0 })] {
        let answer = admin.post(&place.at(&format!("quota-requests/{id}/approve")), refused.clone()).await;
        assert_eq!(answer.status(), 422, "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_with_one_key_is_made_once_and_repeated_as_it_is_now() {
    let place = Place::start().await;
    place.limit("member", json!({ "monthly": 0 })).await;
    let id = place.ask("member", "member", 5).await;
    let (path, keyed) =
        (place.at(&format!("quota-requests/{id}/approve")), place.client("admin").with("idempotency-key", "k"));
    let first = keyed.post(&path, json!({})).await.expect_status(200).json();
    let again = keyed.post(&path, json!({})).await.expect_status(200).json();
    assert_eq!(first["gives"]["top_up_id"], again["gives"]["top_up_id"]);
    assert_eq!(place.standing("member", "user", "monthly", "").await["effective"], 5);
    let asked = place.client("member").with("idempotency-key", "ask");
    place.limit("member", json!({ "daily": 0 })).await;
    let mut daily = place.request("member", 5);
    daily["period"] = json!("daily");
    let first = asked.post(&place.at("quota-requests"), daily.clone()).await.expect_status(201).text("id");
    assert_eq!(asked.post(&place.at("quota-requests"), daily).await.expect_status(201).text("id"), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_listed_to_who_asked_and_to_who_may_decide() {
    let place = Place::start().await;
    for (of, who) in [("member", "member"), ("use_case", "operator")] {
        place.limit(of, json!({ "monthly": 0 })).await;
        let _ = place.ask(who, of, 5).await;
    }
    let kinds = async |who: &str| {
        let items = place.items(place.client(who), "quota-requests").await;
        items.iter().map(|one| one["scope"]["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("admin").await, ["use_case", "user"]);
    assert_eq!(kinds("member").await, ["user"]);
    assert_eq!(kinds("operator").await, ["use_case"]);
    assert_eq!(kinds("p-admin").await, ["use_case"]);
    assert_eq!(place.items(&place.ops, "quota-requests").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_listed_by_what_became_of_them() {
    let place = Place::start().await;
    let mut ids = std::collections::BTreeMap::new();
    for (who, step) in [("member", ""), ("operator", "approve"), ("p-admin", "deny"), ("owner", "cancel")] {
        place.limit(who, json!({ "monthly": 0 })).await;
        let id = place.ask(who, who, 5).await;
        if !step.is_empty() {
            let by = if step == "cancel" { who } else { "admin" };
            let path = place.at(&format!("quota-requests/{id}/{step}"));
            let _ = place.client(by).post(&path, json!({})).await.expect_status(200);
        }
        ids.insert(who, id);
    }
    let listed = async |who: &str, state: &str| {
        let path = place.at(&format!("quota-requests?state={state}"));
        let page = place.client(who).get(&path).await.expect_status(200).json();
        page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let states = [("pending", "member"), ("approved", "operator"), ("denied", "p-admin"), ("cancelled", "owner")];
    for (state, who) in states {
        assert_eq!(listed("admin", state).await, [ids[who].clone()], "{state}");
        assert_eq!(listed("member", state).await.len(), usize::from(who == "member"), "{state}");
    }
    assert!(listed("admin", "expired").await.is_empty());
    let list = place.at("quota-requests");
    let _ = place.client("admin").get(&format!("{list}?state=open")).await.expect_status(400);
    let first = place.client("admin").get(&format!("{list}?limit=1")).await.expect_status(200).text("next");
    let other = place.client("admin").get(&format!("{list}?state=denied&cursor={first}")).await.expect_status(400);
    assert_eq!(other.code(), "request.cursor-invalid", "a cursor of another list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_can_be_approved_up_to_the_last_minute_and_counts_for_the_window_in_which_it_is_approved() {
    let place = Place::start().await;
    place.limit("member", json!({ "monthly": 0 })).await;
    let id = place.ask("member", "member", 5).await.parse().unwrap();
    let admin = place.actor("admin", OrgRole::Admin).await;
    let object = ScopeObject::User { id: place.id("member").parse().unwrap() };
    let asked = DecideRequest { id, object, decision: Decision::TopUp(None) };
    let granted = admin.grant(asked, place.org.parse().unwrap()).unwrap();
    let _ = place.store().decide_quota_request(&granted, None, None, &mut mint(in_time())).await.unwrap();
    let given = &place.items(place.client("admin"), "top-ups").await[0];
    assert_eq!(given["window"], domain::quota::Window::of(Period::Monthly, in_time()).to_string());
}
