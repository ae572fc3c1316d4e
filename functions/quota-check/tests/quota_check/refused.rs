//! What is refused, and with which words.

use serde_json::{Value, json};

use crate::place::{LIST, Place, fresh};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_tightest_limit_and_everything_about_it() {
    let place = Place::start().await;
    place.limit("organization", 1_000).await;
    place.limit(&format!("project#{}", place.project), 50).await;
    let held = fresh();
    place.reserve(&[place.call(&held, 10)]).await.expect_status(200);
    place.settle(&held, 5).await.expect_status(200);
    place.reserve(&[place.call(&fresh(), 40)]).await.expect_status(200);
    let refused = place.reserve(&[place.call(&fresh(), 6)]).await.expect_status(429);
    assert_eq!(refused.code(), "quota-exceeded");
    let (problem, now) = (refused.json(), domain::Timestamp::try_from("2026-01-01T00:00:00Z".to_owned()).unwrap());
    let mut quota: Value = problem["quota"].clone();
    let (window, resets_at) = (quota["window"].take(), quota["resets_at"].take());
    assert_eq!(
        quota,
        json!({
            "scope": { "kind": "project", "id": place.project }, "period": "monthly", "window": null, "limit": 50, "top_ups": 0,
            "used": 5, "held": 40, "requested": 6, "remaining": 5, "resets_at": null, "may_request_more": true
        })
    );
    assert_eq!(window.as_str().unwrap().len(), "2026-11".len());
    let resets_at = domain::Timestamp::try_from(resets_at.as_str().unwrap().to_owned()).unwrap();
    assert!(resets_at > now && resets_at.to_string().ends_with("-01T00:00:00.000Z"), "{resets_at}");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=31 * 86_400).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").starts_with("\"tokens\";r=5;t="), "{}", refused.header("ratelimit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_a_call_may_not_name_is_refused_with_a_code_of_its_own() {
    let place = Place::start().await;
    let other = place.portal.organization("Beta").await;
    let at = |org: &str| format!("/v1/organizations/{org}/projects");
    let foreign = place.ops.post(&at(&other), json!({ "name": "Theirs" })).await.expect_status(201).text("id");
    let list = format!("{}/{foreign}/use-cases", at(&other));
    let theirs = place.ops.post(&list, json!({ "name": "Theirs" })).await.expect_status(201).text("id");
    let row = journeys::Row { org: &other, email: "bob@beta.example", role: "member", ..journeys::Row::default() };
    let (stranger, _) = place.portal.people(&[row]).await.remove("bob@beta.example").unwrap();
    for (field, id, status, code) in [
        ("project_id", foreign.as_str(), 404, "project.unknown"),
        ("project_id", "prj_00000000000000000000000001", 404, "project.unknown"),
        ("use_case_id", theirs.as_str(), 404, "use-case.unknown"),
        ("user_id", stranger.as_str(), 404, "member.unknown"),
        ("user_id", "usr_00000000000000000000000001", 404, "member.unknown"),
    ] {
        let mut call = place.call(&fresh(), 1);
        call[field] = json!(id);
        let refused = place.reserve(&[place.call(&fresh(), 1), call]).await.expect_status(status);
        assert_eq!(refused.code(), code, "{refused:?}");
        let pointer = refused.json()["errors"][0]["pointer"].as_str().unwrap().to_owned();
        assert_eq!(pointer, format!("/calls/1/{field}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_archived_or_suspended_reserves_nothing_from_the_next_request_on() {
    let place = Place::start().await;
    let reserve = async || place.reserve(&[place.call(&fresh(), 1)]).await;
    reserve().await.expect_status(200);
    let at = format!("/v1/organizations/{}/projects/{}", place.org, place.project);
    let use_case = format!("{at}/use-cases/{}", place.use_case);
    for (path, code) in [(&use_case, "use-case.archived"), (&at, "project.archived")] {
        place.ops.edit(path, json!({ "archived": true })).await.expect_status(200);
        assert_eq!(reserve().await.expect_status(409).code(), code);
        place.ops.edit(path, json!({ "archived": false })).await.expect_status(200);
        reserve().await.expect_status(200);
    }
    place.ops.act(&format!("/v1/users/{}/suspend", place.user)).await.expect_status(200);
    assert_eq!(reserve().await.expect_status(409).code(), "user.suspended");
    place.ops.act(&format!("/v1/users/{}/reactivate", place.user)).await.expect_status(200);
    let member = format!("/v1/organizations/{}/members/{}", place.org, place.user);
    place.ops.delete(&member).await.expect_status(204);
    assert_eq!(reserve().await.expect_status(404).code(), "member.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_platforms_own_programs_reserves() {
    let place = Place::start().await;
    let accounts = format!("/v1/organizations/{}/service-accounts", place.org);
    let own = place.ops.post(&accounts, json!({ "name": "Own", "role": "owner" })).await.expect_status(201).text("id");
    let key = place.ops.post(&format!("{accounts}/{own}/tokens"), json!({ "name": "Key" })).await.expect_status(201);
    let own = place.portal.visitor().with_token(&key.text("token"));
    let ask = |org: &str| json!({ "organization_id": org, "calls": [place.call(&fresh(), 1)] });
    let nobodys = "org_00000000000000000000000001";
    for (who, status) in [(&place.ops, 403), (&place.member, 403), (&own, 403), (&place.portal.visitor(), 401)] {
        let refused = who.post(LIST, ask(&place.org)).await;
        assert_eq!(refused.status(), status, "{refused:?}");
    }
    for who in [&place.member, &own, &place.runtime] {
        who.post(LIST, ask(nobodys)).await.expect_status(404);
    }
    let forged = place.portal.visitor().with_token(&format!("{}x", key.text("token")));
    forged.post(LIST, ask(&place.org)).await.expect_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_reserves_nothing_more() {
    let place = Place::start().await;
    place.reserve(&[place.call(&fresh(), 1)]).await.expect_status(200);
    let accounts = place.ops.get("/v1/service-accounts").await.expect_status(200).json();
    let account = accounts["items"][0]["id"].as_str().unwrap().to_owned();
    place.ops.edit(&format!("/v1/service-accounts/{account}"), json!({ "suspended": true })).await.expect_status(200);
    place.reserve(&[place.call(&fresh(), 1)]).await.expect_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_tokens_and_an_id_of_its_own_that_was_made_just_now() {
    let place = Place::start().await;
    let id = fresh();
    let old = "rsv_01JZA000000000000000000000";
    let nine: Vec<Value> = (0..9).map(|_| place.call(&fresh(), 1)).collect();
    for (calls, pointer) in [
        (vec![], "/calls"),
        (nine, "/calls"),
        (vec![place.call(&fresh(), 0)], "/calls/0/tokens"),
        (vec![place.call(&id, 1), place.call(&id, 1)], "/calls/1/id"),
        (vec![place.call(old, 1)], "/calls/0/id"),
    ] {
        let refused = place.reserve(&calls).await.expect_status(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{refused:?}");
    }
    let without_source = json!({
        "organization_id": place.org, "project_id": place.project, "prompt_tokens": 1, "completion_tokens": 0, "source": "none"
    });
    place.runtime.post(&format!("{LIST}/{}/settle", fresh()), without_source).await.expect_status(422);
}
