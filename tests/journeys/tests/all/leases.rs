//! What runtimes spent of their blocks, as the ledger, the counters and people's usage say it.

use domain::id::ReservationId;
use serde_json::{Value, json};

use crate::metered::{Place, later, now};

fn id(number: u128) -> String {
    ReservationId::from_parts(now().millis(), number).to_string()
}

impl Place {
    async fn lease(&self, id: &str, tokens: u64) -> u64 {
        let asked = json!({
            "organization_id": self.org, "id": id, "project_id": self.project, "user_id": self.member.0, "tokens": tokens
        });
        let taken = self.runtime.post("/v1/token-leases", asked).await.expect_status(200).json();
        taken["tokens"].as_u64().unwrap()
    }

    async fn give_back(&self, id: &str, lines: &[Value]) -> u64 {
        let back = json!({
            "organization_id": self.org, "project_id": self.project, "user_id": self.member.0, "lines": lines
        });
        let path = format!("/v1/token-leases/{id}/return");
        self.runtime.post(&path, back).await.expect_status(200).json()["tokens"].as_u64().unwrap()
    }

    async fn used_and_held(&self) -> (u64, u64) {
        let seen = self.admin.get(&self.at("quotas/effective")).await.expect_status(200).json();
        let scope = seen["scopes"].as_array().unwrap().iter().find(|scope| scope["scope"]["kind"] == "organization");
        let periods = scope.unwrap()["periods"].as_array().unwrap();
        let month = periods.iter().find(|period| period["period"] == "monthly").unwrap();
        (month["used"].as_u64().unwrap(), month["held"].as_u64().unwrap())
    }
}

fn line(id: &str, tokens: u64, model: &str) -> Value {
    json!({
        "id": id, "prompt_tokens": tokens - 1, "completion_tokens": 1, "source": "provider", "model": model,
        "cost_micro_usd": tokens * 2
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_come_back_once_twice_or_never_are_in_ledger_counters_and_usage_exactly_once() {
    let place = Place::start().await;
    place.limit(8_000).await;
    let [first, second, never] = [1, 2, 3].map(id);
    assert_eq!((place.lease(&first, 5_000).await, place.lease(&second, 600).await), (1_000, 600));
    let unreturned = place.lease(&never, 5_000).await;
    let lines = [line(&id(11), 300, "small"), line(&id(12), 50, "large")];
    for _ in 0..2 {
        assert_eq!(place.give_back(&first, &lines).await, 350);
    }
    assert_eq!(place.give_back(&second, &[line(&id(13), 600, "small")]).await, 600);
    place.spend(4, 40, "large").await;
    assert_eq!(place.used_and_held().await, (990, unreturned));
    let done = place.reset(now).await;
    assert_eq!((done.compared, done.drifted), (1, 0), "the counter is what the ledger says: {done:?}");
    let of_all = place.admin.get(&place.at("usage?of=organization")).await.expect_status(200).json();
    let own = place.member.1.get(&place.at("usage")).await.expect_status(200).json();
    for usage in [of_all, own] {
        assert_eq!((&usage["total"]["tokens"], &usage["total"]["cost_micro_usd"]), (&json!(990), &json!(1_980)));
    }
    let month = now().day()[..7].to_owned();
    assert_eq!(place.reset(later).await.freed, 1, "what never came back has lapsed");
    let by_model = place.owner.get(&place.at(&format!("statements/{month}?by=model"))).await.expect_status(200).json();
    let models = by_model["items"].as_array().unwrap().iter();
    let models: Vec<_> = models.map(|row| (row["id"].as_str(), row["tokens"].as_u64().unwrap())).collect();
    // The blocks name no model, and used nothing by themselves.
    assert_eq!(models, [(None, 0), (Some("large"), 90), (Some("small"), 900)]);
}
