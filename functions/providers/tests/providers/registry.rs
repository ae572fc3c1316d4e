//! What providers are, and who looks after them.

use futures::future::join_all;
use serde_json::json;

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn each_type_is_made_with_what_it_needs_and_refused_with_what_it_does_not_have() {
    let place = Place::start().await;
    for (body, address) in [
        (json!({ "type": "openai", "organization_id": "org-1" }), "https://api.openai.com/v1"),
        (json!({ "type": "anthropic", "api_version": "2023-06-01" }), "https://api.anthropic.com"),
        (json!({ "type": "google" }), "https://generativelanguage.googleapis.com"),
        (
            json!({ "type": "azure_openai", "base_url": "https://acme.openai.azure.com/", "api_version": "2024-10-21" }),
            "https://acme.openai.azure.com",
        ),
        (json!({ "type": "bedrock", "region": "eu-central-1" }), "https://bedrock-runtime.eu-central-1.amazonaws.com"),
        (json!({ "type": "custom", "base_url": "HTTPS://LLM.example.com:443/v1" }), "https://llm.example.com/v1"),
    ] {
        let mut named = body.clone();
        named["name"] = json!(format!("A {}", body["type"]));
        let path = place.provider(named).await;
        let read = place.owner().get(&path).await.expect_status(200).json();
        assert_eq!((&read["base_url"], &read["type"]), (&json!(address), &body["type"]));
        assert_eq!((&read["enabled"], &read["credential"]), (&json!(true), &json!(null)));
    }
    for (body, pointer) in [
        (json!({ "type": "custom" }), "/base_url"),
        (json!({ "type": "azure_openai", "base_url": "https://acme.openai.azure.com" }), "/api_version"),
        (json!({ "type": "bedrock" }), "/region"),
        (json!({ "type": "openai", "region": "eu-central-1" }), "/region"),
        (json!({ "type": "openai", "base_url": "https://user:word@api.example.com" }), "/base_url"),
        (json!({ "type": "custom", "base_url": "https://10.0.0.5/v1" }), "/base_url"),
        (json!({ "type": "custom", "base_url": "http://169.254.169.254/latest" }), "/base_url"),
        (
            json!({ "type": "openai", "models": { "a/b": { "cost": { "input_micro_usd": 10_000_000_001_u64, "output_micro_usd": 0 } } } }),
            "/models/a~1b/cost",
        ),
    ] {
        let mut named = body;
        named["name"] = json!("Refused");
        let refused = place.owner().post(&place.list(), named.clone()).await.expect_status(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{named}");
    }
    let all = place.owner().get(&place.list()).await.expect_status(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 6);
    let first = format!("{}/{}", place.list(), all["items"][0]["id"].as_str().unwrap());
    let moved = place.owner().edit(&first, json!({ "base_url": "https://192.168.0.1" })).await.expect_status(422);
    assert_eq!(moved.json()["errors"][0]["pointer"], "/base_url");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_one_model_keeps_all_others_and_every_other_field() {
    let place = Place::start().await;
    let models = json!({
        "gpt-5": { "context_tokens": 400_000, "capabilities": ["chat", "tools"],
            "cost": { "input_micro_usd": 1_250_000, "output_micro_usd": 10_000_000 } },
        "gpt-5-mini": { "name": "Small" },
    });
    let path = place.provider(json!({ "name": "Own", "type": "openai", "models": models })).await;
    let before = place.owner().get(&path).await.expect_status(200).json();
    let patch = json!({ "models": { "gpt-5": { "enabled": false }, "o4": {}, "gpt-5-mini": null } });
    let after = place.owner().edit(&path, patch).await.expect_status(200).json();
    let mut wanted = before["models"]["gpt-5"].clone();
    wanted["enabled"] = json!(false);
    assert_eq!(after["models"]["gpt-5"], wanted);
    let names: Vec<_> = after["models"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["gpt-5", "o4"]);
    let renamed = place.owner().edit(&path, json!({ "name": "Renamed" })).await.expect_status(200).json();
    assert_eq!((&renamed["models"], &renamed["base_url"]), (&after["models"], &before["base_url"]));
    let told = place.recorded("provider.edited").await;
    let fields: Vec<_> = told[1]["changes"].as_array().unwrap().iter().map(|change| &change["field"]).collect();
    assert_eq!(fields, ["models.gpt-5", "models.gpt-5-mini", "models.o4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_providers_in_its_home_and_free_again_once_that_is_renamed_or_deleted() {
    let place = Place::start().await;
    let body = json!({ "name": "Models", "type": "openai" });
    let list = place.list();
    let asked = join_all((0..8).map(|_| place.owner().post(&list, body.clone()))).await;
    let mut made: Vec<_> = asked.iter().map(journeys::Answer::status).collect();
    made.sort_unstable();
    assert_eq!(made, [201, 409, 409, 409, 409, 409, 409, 409]);
    let refused = place.owner().post(&place.list(), json!({ "name": "MODELS", "type": "google" })).await;
    assert_eq!(refused.expect_status(409).code(), "provider.name-taken");
    // Other homes have names of their own.
    let _ = place.ops.post("/v1/providers", body.clone()).await.expect_status(201);
    let elsewhere = format!("/v1/organizations/{}/providers", place.other);
    let _ = place.client("owner@beta.example").post(&elsewhere, body.clone()).await.expect_status(201);
    let first = place.owner().get(&place.list()).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{}/{first}", place.list());
    let _ = place.owner().edit(&path, json!({ "name": "Others" })).await.expect_status(200);
    let second = place.provider(body.clone()).await;
    let taken = place.owner().edit(&path, json!({ "name": "models" })).await;
    assert_eq!(taken.expect_status(409).code(), "provider.name-taken");
    let _ = place.owner().delete(&second).await.expect_status(204);
    let _ = place.owner().edit(&path, json!({ "name": "models" })).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_of_another_home_is_unknown_and_admins_do_not_manage_their_organizations() {
    let place = Place::start().await;
    let path = place.custom().await;
    let (_, id) = path.rsplit_once('/').unwrap();
    let elsewhere = format!("/v1/organizations/{}/providers/{id}", place.other);
    let _ = place.client("owner@beta.example").get(&elsewhere).await.expect_status(404);
    let _ = place.client("owner@beta.example").get(&path).await.expect_status(404);
    let _ = place.ops.get(&format!("/v1/providers/{id}")).await.expect_status(404);
    let _ = place.client("admin@acme.example").get(&path).await.expect_status(403);
    // Nor do they learn from a refusal which private addresses the operator allows.
    let (inside, admin) = (json!({ "base_url": "https://10.0.0.5" }), place.client("admin@acme.example"));
    let _ = admin.with("if-match", "\"1\"").patch(&path, inside).await.expect_status(403);
    let made = json!({ "name": "Inside", "type": "custom", "base_url": "https://10.0.0.5" });
    let _ = admin.post(&place.list(), made).await.expect_status(403);
    let _ = place.owner().get("/v1/providers").await.expect_status(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_edits_a_version_that_is_gone_changes_nothing() {
    let place = Place::start().await;
    let path = place.custom().await;
    let stale = place.owner().get(&path).await.header("etag").to_owned();
    let _ = place.owner().edit(&path, json!({ "enabled": false })).await.expect_status(200);
    let late = place.owner().with("if-match", &stale);
    let _ = late.patch(&path, json!({ "enabled": true })).await.expect_status(412);
    let _ = late.put(&format!("{path}/credential"), json!({ "api_key": "k" })).await.expect_status(412);
    let _ = place.owner().patch(&path, json!({ "enabled": true })).await.expect_status(428);
    assert_eq!(place.owner().get(&path).await.json()["enabled"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_begin_with_the_well_known_models_of_its_type_as_superadmins_left_them() {
    let place = Place::start().await;
    let at = "/v1/model-catalogue";
    let first = place.owner().get(at).await.expect_status(200);
    assert_eq!(first.header("etag"), "\"0\"");
    let known = first.json()["models"]["google"]["gemini-2.5-flash"].clone();
    assert_eq!((&known["enabled"], &known["context_tokens"]), (&json!(true), &json!(1_048_576)));
    let price = json!({ "input_micro_usd": 1, "output_micro_usd": 2 });
    let edit = json!({ "models": { "google": {
        "gemini-2.5-flash": { "cost": price }, "gemini-2.5-pro": null, "mine": { "context_tokens": 5 }
    } } });
    let edited = place.ops.edit(at, edit.clone()).await.expect_status(200).json();
    assert_eq!((&edited["version"], edited["models"]["google"]["gemini-2.5-pro"].is_null()), (&json!(1), true));
    assert_eq!(place.owner().edit(at, edit.clone()).await.status(), 403);
    assert_eq!(place.ops.with("if-match", "\"0\"").patch(at, edit).await.status(), 412);
    let own = json!({ "mine": { "enabled": false }, "besides": {} });
    let asked = json!({ "name": "Gemini", "type": "google", "with_catalogue": true, "models": own });
    let made = place.owner().get(&place.provider(asked).await).await.expect_status(200).json();
    let models = made["models"].as_object().unwrap();
    assert_eq!((&models["gemini-2.5-flash"]["cost"], &models["mine"]["enabled"]), (&price, &json!(false)));
    assert_eq!((models["mine"]["context_tokens"].clone(), models.contains_key("besides")), (json!(5), true));
    assert!(!models.contains_key("gemini-2.5-pro"));
    let back = place.ops.edit(at, json!({ "models": { "google": null } })).await.expect_status(200).json();
    assert_eq!(back["models"], first.json()["models"]);
    let bare = place.provider(json!({ "name": "Bare", "type": "google" })).await;
    assert_eq!(place.owner().get(&bare).await.expect_status(200).json()["models"], json!({}));
}
