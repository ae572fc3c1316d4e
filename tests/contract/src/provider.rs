//! What is asked of providers and models.

use serde_json::{Value, json};

use crate::World;

pub(crate) fn body(world: &World, operation: &str) -> Value {
    let fresh = || format!("Provider {}", world.number());
    match operation {
        "POST /v1/organizations/{org}/providers" | "POST /v1/providers" => {
            json!({ "name": fresh(), "type": "openai", "models": { "gpt-5-mini": {} } })
        }
        "PATCH /v1/organizations/{org}/providers/{id}" | "PATCH /v1/providers/{id}" => json!({ "name": fresh() }),
        "PUT /v1/organizations/{org}/providers/{id}/credential" | "PUT /v1/providers/{id}/credential" => {
            json!({ "api_key": format!("of-the-contract-{}", world.number()) })
        }
        "PUT /v1/organizations/{org}/providers/{id}/parameters" | "PUT /v1/providers/{id}/parameters" => {
            json!({ "parameters": { "seed": world.number() } })
        }
        "POST /v1/organizations/{org}/providers/{id}/rotations" | "POST /v1/providers/{id}/rotations" => {
            json!({ "credential": { "api_key": format!("rotated-{}", world.number()) }, "grace_hours": 1 })
        }
        "PUT /v1/organizations/{org}/providers/{id}/rotation-schedule" | "PUT /v1/providers/{id}/rotation-schedule" => {
            json!({ "every_days": 90, "automatic": false })
        }
        "PATCH /v1/model-catalogue" => {
            json!({ "models": { "custom": { "other": { "enabled": world.number().is_multiple_of(2) } } } })
        }
        "POST /v1/organizations/{org}/cost-comparisons" => {
            let day = crate::prepare::today();
            json!({ "instead": { "dear": "cheap" }, "first_day": day, "last_day": day })
        }
        "PATCH /v1/organizations/{org}/model-choices" => {
            json!({ "models": { format!("m{}", world.number()): false } })
        }
        other => panic!("{other} has no valid request in tests/contract/src/provider.rs"),
    }
}
