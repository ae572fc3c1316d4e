//! Limits, top-ups and requests to ask about.

use serde_json::{Value, json};

use crate::{Actor, Operation, Place, World};

/// Every person of the organization runs in its default project: it is blocked, so that they may ask for more.
pub(crate) async fn before(world: &World, operation: &Operation, place: &Place) {
    match operation.to_string().as_str() {
        "POST /v1/organizations/{org}/top-ups" => limit(world, &project(place, &place.team), 1_000_000).await,
        "POST /v1/organizations/{org}/quota-requests" => blocked(world, place).await,
        _ => {}
    }
}

pub(crate) fn body(world: &World, operation: &str, place: &Place) -> Value {
    match operation {
        "PATCH /v1/quota-defaults" | "PATCH /v1/organizations/{org}/quota-defaults" => {
            json!({ "use_case": { "daily": 1_000_000 + world.number() } })
        }
        "PUT /v1/organizations/{org}/quotas/{kind}/{id}" | "PATCH /v1/organizations/{org}/quotas/{kind}/{id}" => {
            json!({ "daily": 1_000_000 + world.number() })
        }
        "POST /v1/organizations/{org}/top-ups" => top_up_body(place),
        "POST /v1/organizations/{org}/quota-requests" => request_body(place),
        "POST /v1/organizations/{org}/quota-requests/{id}/approve" => json!({ "as": "limit", "limit": 0 }),
        "POST /v1/organizations/{org}/quota-requests/{id}/deny" => json!({ "note": "not now" }),
        other => panic!("{other} has no valid request in tests/contract/src/allowance.rs"),
    }
}

/// A top-up that nobody has taken back.
pub async fn top_up(world: &World, place: &Place) -> String {
    limit(world, &project(place, &place.team), 1_000_000).await;
    let list = format!("/v1/organizations/{}/top-ups", place.org);
    world.ops.post(&list, top_up_body(place)).await.expect_status(201).text("id")
}

fn top_up_body(place: &Place) -> Value {
    json!({ "scope": { "kind": "project", "id": place.team }, "period": "weekly", "tokens": 5, "reason": "why" })
}

/// A request that waits: of a member, or the actor's own where it is to be taken back, because only who asked may do that.
pub(crate) async fn request(world: &World, operation: &Operation, place: &Place, actor: &Actor) -> String {
    let asker = if operation.path.ends_with("/cancel") { actor } else { world.actor("p-viewer") };
    blocked(world, place).await;
    match asked(world, place, asker).await {
        Some(id) => id,
        None => waiting(world, place).await,
    }
}

/// A request that waits, of somebody who decides about others.
pub async fn waiting(world: &World, place: &Place) -> String {
    blocked(world, place).await;
    asked(world, place, world.actor("superadmin")).await.expect("the superadmin asks")
}

async fn asked(world: &World, place: &Place, asker: &Actor) -> Option<String> {
    let list = format!("/v1/organizations/{}/quota-requests", place.org);
    let answer = asker.client.post(&list, request_body(place)).await;
    match answer.status() {
        201 => Some(answer.text("id")),
        409 => {
            let all = world.ops.get(&format!("{list}?limit=100")).await.expect_status(200).json();
            let own = |one: &&Value| one["state"] == "pending" && one["requested_by"] == asker.user.as_str();
            all["items"].as_array().unwrap().iter().find(own).map(|one| one["id"].as_str().unwrap().to_owned())
        }
        _ => None,
    }
}

fn request_body(place: &Place) -> Value {
    json!({ "scope": { "kind": "project", "id": place.default_project }, "tokens": 5, "reason": "why" })
}

/// Denies what waits, and lifts the limit of the default project.
pub(crate) async fn decided(world: &World, place: &Place) {
    let list = format!("/v1/organizations/{}/quota-requests", place.org);
    let all = world.ops.get(&format!("{list}?limit=100")).await.expect_status(200).json();
    for left in all["items"].as_array().unwrap().iter().filter(|one| one["state"] == "pending") {
        let id = left["id"].as_str().unwrap();
        if world.ops.act(&format!("{list}/{id}/deny")).await.status() == 403 {
            let _ = world.ops.act(&format!("{list}/{id}/cancel")).await.expect_status(200);
        }
    }
    cleared(world, &project(place, &place.default_project)).await;
}

/// The team project has no limit any more, so that calls in it are what they were.
pub(crate) async fn team_cleared(world: &World, place: &Place) {
    cleared(world, &project(place, &place.team)).await;
}

/// Whatever the path names has no limit of its own any more.
pub async fn cleared(world: &World, path: &str) {
    let none = json!({ "daily": null, "weekly": null, "monthly": null });
    let _ = world.ops.edit(path, none).await.expect_status(200);
}

/// Neither use cases nor people have a default any more.
pub(crate) async fn defaults_cleared(world: &World, path: &str) {
    let _ = world.ops.edit(path, json!({ "use_case": null, "user": null })).await.expect_status(200);
}

async fn blocked(world: &World, place: &Place) {
    let path = project(place, &place.default_project);
    let _ = world.ops.edit(&path, json!({ "monthly": 0 })).await.expect_status(200);
}

async fn limit(world: &World, path: &str, weekly: u64) {
    let _ = world.ops.edit(path, json!({ "weekly": weekly })).await.expect_status(200);
}

fn project(place: &Place, id: &str) -> String {
    format!("/v1/organizations/{}/quotas/project/{id}", place.org)
}
