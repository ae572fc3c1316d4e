//! Blocks that runtimes take, spend on their own account and give back, or do not.

use std::time::Duration;

use domain::Timestamp;
use domain::quota::{HOLD, Period, Window};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::place::{LEASES, LIST, Place, fresh, fresh_at, line};

/// An instant of the next month, far from its ends.
fn taken_then() -> Timestamp {
    Window::of(Period::Monthly, start::clock()).after().start().plus(Duration::from_secs(10 * 86_400))
}

/// When what was taken then has lapsed.
fn lapsed_then() -> Timestamp {
    taken_then().plus(HOLD)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_takes_an_eighth_of_what_the_tightest_limit_has_left_and_never_more_than_is_wanted() {
    let place = Place::start().await;
    place.limit("organization", 80_000).await;
    place.limit(&format!("user#{}", place.user), 800).await;
    let id = fresh();
    let taken = place.lease(&id, 10_000, 1).await.expect_status(200);
    assert!(taken.header("ratelimit").starts_with("\"tokens\";r=700;t="), "{}", taken.header("ratelimit"));
    let taken = taken.json();
    assert_eq!((&taken["id"], &taken["tokens"]), (&json!(id), &json!(100)));
    let until = |name: &str| Timestamp::try_from(taken[name].as_str().unwrap().to_owned()).unwrap();
    assert_eq!(until("spend_until").plus(HOLD), until("return_until").plus(Duration::from_secs(60)));
    assert_eq!(place.lease(&fresh(), 10_000, 1).await.expect_status(200).json()["tokens"], 87, "an eighth of 700");
    assert_eq!(place.lease(&fresh(), 5, 5).await.expect_status(200).json()["tokens"], 5);
    assert_eq!(place.lease(&id, 10_000, 1).await.expect_status(200).json(), taken, "asked for again");
    for kind in ["organization", "user"] {
        assert_eq!(place.standing(kind).await.1, 192, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_lease_is_too_small_calls_are_reserved_one_by_one_as_long_as_any_fits() {
    let place = Place::start().await;
    place.limit("organization", 1_000).await;
    let mut leased = 0;
    let refused = loop {
        let answer = place.lease(&fresh(), 1_000, 50).await;
        if answer.status() != 200 {
            break answer;
        }
        leased += answer.json()["tokens"].as_u64().unwrap();
    };
    assert_eq!((refused.status(), refused.code().as_str()), (409, "token-lease.too-small"));
    let left = 1_000 - leased;
    assert!((1..400).contains(&left), "an eighth of {left} is less than 50");
    for _ in 0..left / 10 {
        place.reserve(&[place.call(&fresh(), 10)]).await.expect_status(200);
    }
    place.reserve(&[place.call(&fresh(), 10)]).await.expect_status(429);
    assert_eq!(place.standing("organization").await, (0, 1_000 - left % 10, left % 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn runtimes_that_lease_and_reserve_at_once_never_hold_more_than_there_is() {
    let place = Place::start().await;
    place.limit("organization", 1_000).await;
    place.limit(&format!("project#{}", place.project), 900).await;
    let asked = (0..64).map(async |number| match number % 2 {
        0 => place.lease(&fresh(), 300, 10).await,
        _ => place.reserve(&[place.call(&fresh(), 7)]).await,
    });
    let mut held = 0;
    for (number, answer) in join_all(asked).await.into_iter().enumerate() {
        match (number % 2, answer.status()) {
            (0, 200) => held += answer.json()["tokens"].as_u64().unwrap(),
            (_, 200) => held += 7,
            // Too little is left, or others were faster each time.
            (0, status) => assert!(matches!(status, 409 | 429), "{answer:?}"),
            (_, status) => assert_eq!(status, 429, "{answer:?}"),
        }
    }
    assert!((300..=900).contains(&held), "{held}");
    assert_eq!(place.standing("project").await, (0, held, 900 - held));
    assert_eq!(place.standing("organization").await, (0, held, 1_000 - held));
    let left = 900 - held;
    if left > 0 {
        place.reserve(&[place.call(&fresh(), left)]).await.expect_status(200);
    }
    place.reserve(&[place.call(&fresh(), 1)]).await.expect_status(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_block_was_spent_on_is_charged_once_and_the_rest_of_it_is_free() {
    let place = Place::start().await;
    place.limit("organization", 800).await;
    let (id, lines) = (fresh(), [line(&fresh(), 30), line(&fresh(), 12)]);
    place.lease(&id, 100, 100).await.expect_status(200);
    assert_eq!(place.standing("organization").await, (0, 100, 700));
    let first = place.give_back(&id, &lines).await.expect_status(200).json();
    assert_eq!((&first["tokens"], &first["late"]), (&json!(42), &json!(false)));
    assert_eq!(place.give_back(&id, &lines).await.expect_status(200).json(), first, "twice");
    assert_eq!(place.standing("organization").await, (42, 0, 758));
    for other in [vec![line(&fresh(), 43)], vec![], vec![lines[0].clone(), line(&fresh(), 13)]] {
        let refused = place.give_back(&id, &other).await.expect_status(422);
        assert_eq!(refused.code(), "reservation.reused", "other numbers of what was returned");
    }
    assert_eq!(place.lease(&id, 100, 1).await.expect_status(409).code(), "resource.busy");
    assert_eq!(place.standing("organization").await, (42, 0, 758));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_stands_for_another_call_is_refused_before_anything_is_charged() {
    let place = Place::start().await;
    place.limit("organization", 800).await;
    let (spent, id) = (fresh(), fresh());
    place.settle(&spent, 7).await.expect_status(200);
    place.lease(&id, 50, 50).await.expect_status(200);
    let refused = place.give_back(&id, &[line(&fresh(), 30), line(&spent, 12)]).await.expect_status(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/lines/1/id");
    assert_eq!(place.standing("organization").await, (7, 50, 743));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_block_had_is_charged_in_full_and_nothing_of_it_in_none() {
    let place = Place::start().await;
    place.limit("organization", 800).await;
    let (more, none) = (fresh(), fresh());
    place.lease(&more, 50, 50).await.expect_status(200);
    place.lease(&none, 50, 50).await.expect_status(200);
    place.give_back(&more, &[line(&fresh(), 70)]).await.expect_status(200);
    assert_eq!(place.give_back(&none, &[]).await.expect_status(200).json()["tokens"], 0);
    assert_eq!(place.standing("organization").await, (70, 0, 730));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_never_comes_back_is_free_when_its_hold_lapses_and_one_that_comes_late_is_charged() {
    let place = Place::start().await;
    place.limit("organization", 800).await;
    let [late, never] = [1, 2].map(|_| fresh_at(taken_then()));
    for id in [&late, &never] {
        assert_eq!(place.ask_at(taken_then, LEASES, &place.block(id, 50, 50)).await.0, 200);
    }
    let call =
        |tokens| json!({ "organization_id": place.org, "calls": [place.call(&fresh_at(lapsed_then()), tokens)] });
    let too_soon = json!({ "organization_id": place.org, "calls": [place.call(&fresh_at(taken_then()), 701)] });
    assert_eq!(place.ask_at(taken_then, LIST, &too_soon).await.0, 429);
    let back = (format!("{LEASES}/{late}/return"), place.spent(&[line(&fresh_at(taken_then()), 42)]));
    for _ in 0..2 {
        let (status, settled) = place.ask_at(lapsed_then, &back.0, &back.1).await;
        assert_eq!((status, &settled["tokens"], &settled["late"]), (200, &json!(42), &json!(true)));
    }
    assert_eq!(place.ask_at(lapsed_then, LIST, &call(759)).await.0, 429);
    assert_eq!(place.ask_at(lapsed_then, LIST, &call(758)).await.0, 200, "all but what was spent");
    assert_eq!(place.standing("organization").await, (42, 758, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_refused_for_what_is_not_in_use_and_a_block_that_was_taken_before_comes_back() {
    let place = Place::start().await;
    place.limit("organization", 800).await;
    let id = fresh();
    place.lease(&id, 100, 100).await.expect_status(200);
    let refused = async |changed: &[(&str, Value)]| {
        let mut block = place.block(&fresh(), 10, 1);
        block.as_object_mut().unwrap().extend(changed.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let answer = place.runtime.post(LEASES, block).await;
        (answer.status(), answer.code(), answer.json()["errors"][0]["pointer"].as_str().map(str::to_owned))
    };
    let at = |field: &str| Some(format!("/{field}"));
    let nobodys = json!("prj_00000000000000000000000001");
    assert_eq!(refused(&[("project_id", nobodys)]).await, (404, "project.unknown".to_owned(), at("project_id")));
    let nobodys = json!("ucs_00000000000000000000000001");
    assert_eq!(refused(&[("use_case_id", nobodys)]).await, (404, "use-case.unknown".to_owned(), at("use_case_id")));
    place.ops.act(&format!("/v1/users/{}/suspend", place.user)).await.expect_status(200);
    assert_eq!(refused(&[]).await, (409, "user.suspended".to_owned(), at("user_id")));
    let for_nobody = [("user_id", Value::Null), ("tokens", json!(0))];
    assert_eq!(refused(&for_nobody).await, (422, "request.invalid".to_owned(), at("tokens")));
    let project = format!("/v1/organizations/{}/projects/{}", place.org, place.project);
    place.ops.edit(&project, json!({ "archived": true })).await.expect_status(200);
    assert_eq!(refused(&[]).await, (409, "project.archived".to_owned(), at("project_id")));
    place.ops.act(&format!("/v1/organizations/{}/archive", place.org)).await.expect_status(200);
    assert_eq!(refused(&[]).await, (403, "organization.not-active".to_owned(), None));
    assert_eq!(place.give_back(&id, &[line(&fresh(), 42)]).await.expect_status(200).json()["tokens"], 42);
    assert_eq!(place.standing("organization").await, (42, 0, 758));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_platforms_own_programs_leases_or_gives_back() {
    let place = Place::start().await;
    place.limit("organization", 800).await;
    let id = fresh();
    place.lease(&id, 100, 100).await.expect_status(200);
    let back = format!("{LEASES}/{id}/return");
    for (who, status) in [(&place.ops, 403), (&place.member, 403), (&place.portal.visitor(), 401)] {
        assert_eq!(who.post(LEASES, place.block(&fresh(), 10, 1)).await.status(), status);
        assert_eq!(who.post(&back, place.spent(&[])).await.status(), status);
    }
    assert_eq!(place.standing("organization").await, (0, 100, 700));
}
