//! Limits that are set while tokens are used: what was spent stays spent, and what was lowered binds at once.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::id::ReservationId;
use futures::FutureExt;
use futures::future::join_all;
use journeys::{Answer, Client};
use serde_json::{Value, json};

use crate::place::Place;

const LIST: &str = "/v1/quota-reservations";

/// Who makes the calls.
struct Runtime<'a> {
    place: &'a Place,
    client: Client,
}

fn fresh() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = u128::from(NUMBER.fetch_add(1, Ordering::Relaxed));
    ReservationId::from_parts(start::clock().millis(), number).to_string()
}

impl<'a> Runtime<'a> {
    async fn of(place: &'a Place) -> Self {
        let account = place.ops.post("/v1/service-accounts", json!({ "name": "Runtime" })).await.expect_status(201);
        let tokens = format!("/v1/service-accounts/{}/tokens", account.text("id"));
        let token = place.ops.post(&tokens, json!({ "name": "Key" })).await.expect_status(201).text("token");
        Self { place, client: place.portal.visitor().with_token(&token) }
    }

    /// The operator's call in the team project.
    async fn reserve(&self, id: &str, tokens: u64) -> Answer {
        let call = json!({
            "id": id, "project_id": self.place.team, "use_case_id": self.place.use_case,
            "user_id": self.place.id("operator"), "tokens": tokens
        });
        self.client.post(LIST, json!({ "organization_id": self.place.org, "calls": [call] })).await
    }

    async fn spend(&self, tokens: u64) {
        let id = fresh();
        let _ = self.reserve(&id, tokens).await.expect_status(200);
        let used = json!({
            "organization_id": self.place.org, "project_id": self.place.team, "use_case_id": self.place.use_case,
            "user_id": self.place.id("operator"), "prompt_tokens": tokens, "completion_tokens": 0,
            "source": "provider", "model": "small", "cost_micro_usd": 1
        });
        let _ = self.client.post(&format!("{LIST}/{id}/settle"), used).await.expect_status(200);
    }

    /// Whether a call of that size passes now.
    async fn passes(&self, tokens: u64) -> bool {
        let answer = self.reserve(&fresh(), tokens).await;
        assert!([200, 429].contains(&answer.status()), "{answer:?}");
        answer.status() == 200
    }

    async fn month(&self) -> Value {
        self.place.standing("operator", "project", "monthly", &format!("?project={}", self.place.team)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_below_what_was_used_blocks_and_one_above_it_lets_the_difference_pass() {
    let place = Place::start().await;
    let runtime = Runtime::of(&place).await;
    place.limit("project", json!({ "monthly": 100 })).await;
    runtime.spend(60).await;
    place.limit("project", json!({ "monthly": 10 })).await;
    let month = runtime.month().await;
    assert_eq!((&month["used"], &month["remaining"], &month["limit"]), (&json!(60), &json!(0), &json!(10)));
    assert!(!runtime.passes(1).await);
    place.limit("project", json!({ "monthly": 62 })).await;
    assert!(!runtime.passes(3).await);
    assert!(runtime.passes(2).await);
    let month = runtime.month().await;
    assert_eq!((&month["used"], &month["held"], &month["remaining"]), (&json!(60), &json!(2), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_spent_of_a_top_up_stays_spent_when_it_is_taken_back() {
    let place = Place::start().await;
    let runtime = Runtime::of(&place).await;
    place.limit("project", json!({ "monthly": 10 })).await;
    assert!(!runtime.passes(50).await);
    let list = place.at("top-ups");
    let given = place.client("admin").post(&list, place.top_up("project", 50)).await.expect_status(201).text("id");
    runtime.spend(55).await;
    let revoke = place.at(&format!("top-ups/{given}/revoke"));
    let _ = place.client("admin").act(&revoke).await.expect_status(200);
    let month = runtime.month().await;
    assert_eq!((&month["used"], &month["effective"], &month["remaining"]), (&json!(55), &json!(10), &json!(0)));
    assert!(!runtime.passes(1).await);
    let _ = place.client("admin").post(&list, place.top_up("project", 50)).await.expect_status(201);
    assert!(!runtime.passes(6).await, "less than nothing was left");
    assert!(runtime.passes(5).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_can_be_asked_for_from_four_fifths_on_used_and_held() {
    let place = Place::start().await;
    let runtime = Runtime::of(&place).await;
    place.limit("project", json!({ "monthly": 100 })).await;
    runtime.spend(70).await;
    assert!(runtime.passes(9).await);
    let (list, operator) = (place.at("quota-requests"), place.client("operator"));
    let early = operator.post(&list, place.request("project", 5)).await.expect_status(409);
    assert_eq!(
        (early.code(), &runtime.month().await["may_request_more"]),
        ("quota-request.too-early".to_owned(), &json!(false))
    );
    assert!(runtime.passes(1).await);
    assert_eq!(runtime.month().await["may_request_more"], true);
    let id = place.ask("operator", "project", 50).await;
    assert!(!runtime.passes(60).await);
    let approve = place.at(&format!("quota-requests/{id}/approve"));
    let _ = place.client("admin").post(&approve, json!({})).await.expect_status(200);
    assert!(runtime.passes(60).await, "what was approved is there at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_lowered_limit_is_answered_nothing_passes_and_nothing_more_was_held_than_before() {
    let place = Place::start().await;
    let runtime = Runtime::of(&place).await;
    place.limit("project", json!({ "monthly": 1000 })).await;
    assert!(runtime.passes(1).await);
    let tag = place.ops.get(&place.limits("project")).await.header("etag").to_owned();
    let (path, admin) = (place.limits("project"), place.client("admin").with("if-match", &tag));
    let lowered = async {
        let _ = admin.put(&path, json!({ "monthly": 0 })).await.expect_status(200);
        // The first that begins after the answer.
        runtime.passes(1).await
    };
    let calls = join_all((0..64).map(|_| runtime.passes(1).boxed()));
    let (passed, after) = futures::join!(calls, lowered);
    assert!(!after, "a call passed that began after the limit was lowered");
    let held = 1 + u64::try_from(passed.iter().filter(|passed| **passed).count()).unwrap();
    let month = runtime.month().await;
    assert_eq!((&month["held"], &month["remaining"]), (&json!(held), &json!(0)));
}
