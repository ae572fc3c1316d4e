//! From calls that the runtime settles to what models cost, and what others would have cost.

use serde_json::json;

use crate::metered::{Place, now};

fn price(input: u64, output: u64) -> serde_json::Value {
    json!({ "cost": { "input_micro_usd": input, "output_micro_usd": output } })
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_see_what_each_model_costs_and_what_a_switch_would_have_saved() {
    let place = Place::start().await;
    let models = json!({ "large": price(100_000_000, 200_000_000), "small": price(10_000_000, 20_000_000) });
    let provider =
        json!({ "name": "Own", "type": "custom", "base_url": "https://llm.example.com/v1", "models": models });
    let _ = place.ops.post(&place.at("providers"), provider).await.expect_status(201);
    // 101 tokens, one of them written: twice large, once small, once a model that has no price.
    for (number, model) in [(1, "large"), (2, "large"), (3, "small"), (4, "unpriced")] {
        place.spend(number, 101, model).await;
    }
    place.reset(now).await;
    let costs = place.admin.get(&place.at("model-costs")).await.expect_status(200).json();
    let items = costs["items"].as_array().unwrap();
    let seen: Vec<_> = items
        .iter()
        .map(|item| {
            (item["model"].as_str().unwrap(), item["calls"].as_u64().unwrap(), item["present_micro_usd"].as_u64())
        })
        .collect();
    assert_eq!(seen, [("large", 2, Some(2 * 10_200)), ("small", 1, Some(1_020)), ("unpriced", 1, None)]);
    assert_eq!(
        (&items[2]["reported_micro_usd"], &costs["total_micro_usd"]),
        (&json!(202), &json!(2 * 10_200 + 1_020 + 202))
    );
    assert_eq!((&costs["saved_micro_usd"], items[0]["instead"].is_null()), (&json!(0), true));
    let compare = async |instead: serde_json::Value| {
        let asked = json!({ "instead": instead });
        place.admin.post(&place.at("cost-comparisons"), asked).await.expect_status(200).json()
    };
    let cheaper = compare(json!({ "large": "small" })).await;
    assert_eq!(
        (&cheaper["items"][0]["instead_micro_usd"], &cheaper["saved_micro_usd"]),
        (&json!(2_040), &json!(2 * 10_200 - 2_040))
    );
    let dearer = compare(json!({ "small": "large", "unpriced": "large" })).await;
    assert_eq!(dearer["saved_micro_usd"], json!(-(10_200 - 1_020) - (10_200 - 202)));
    let unknown = compare(json!({ "large": "nobodys" })).await;
    assert_eq!((&unknown["saved_micro_usd"], unknown["items"][0]["instead_micro_usd"].is_null()), (&json!(0), true));
    // Another day has nothing of it, and who is no admin sees none of it.
    let earlier = place.admin.get(&place.at("model-costs?first_day=2020-01-01&last_day=2020-01-31")).await;
    assert_eq!(earlier.expect_status(200).json()["items"], json!([]));
    let _ = place.member.1.get(&place.at("model-costs")).await.expect_status(403);
    for (query, status) in
        [("first_day=2026-11", 400), ("first_day=2026-01-01&last_day=2026-11-30", 422), ("day=1", 400)]
    {
        let _ = place.admin.get(&place.at(&format!("model-costs?{query}"))).await.expect_status(status);
    }
}
