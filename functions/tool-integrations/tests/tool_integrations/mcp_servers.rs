//! What MCP servers are, and who looks after them.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_made_at_an_address_that_may_be_called_and_nobody_has_looked_at_it() {
    let place = Place::start().await;
    let path = place.server().await;
    let read = place.owner().get(&path).await.expect_status(200).json();
    assert_eq!((&read["url"], &read["enabled"]), (&json!("https://mcp.example.com/mcp"), &json!(true)));
    assert_eq!((&read["headers"], &read["credential"], &read["seen"]), (&json!([]), &Value::Null, &Value::Null));
    let tools = place.owner().get(&format!("{path}/tools")).await.expect_status(200).json();
    assert_eq!(tools, json!({ "items": [], "more": false, "left_out": 0 }));
    for url in [
        "https://user@mcp.example.com/mcp",
        "https://mcp.example.com/mcp?key=1",
        "https://10.0.0.5/mcp",
        "http://169.254.169.254/latest",
        "ftp://mcp.example.com",
    ] {
        let asked = json!({ "name": "Refused", "url": url });
        let refused = place.owner().post(&place.list("mcp-servers"), asked).await.expect_status(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/url", "{url}");
        let _ = place.owner().edit(&path, json!({ "url": url })).await.expect_status(422);
    }
    let created = place.recorded("mcp-server.created").await;
    assert_eq!((created.len(), &created[0]["target"]["name"]), (1, &json!("Tickets")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_servers_in_its_home_and_free_again_once_that_is_renamed_or_deleted() {
    let place = Place::start().await;
    let body = json!({ "name": "Tools", "url": "https://mcp.example.com/mcp" });
    let list = place.list("mcp-servers");
    let asked = join_all((0..8).map(|_| place.owner().post(&list, body.clone()))).await;
    let mut made: Vec<_> = asked.iter().map(journeys::Answer::status).collect();
    made.sort_unstable();
    assert_eq!(made, [201, 409, 409, 409, 409, 409, 409, 409]);
    assert!(asked.iter().all(|answer| answer.status() == 201 || answer.code() == "mcp-server.name-taken"));
    // Other homes have names of their own.
    let _ = place.ops.post("/v1/mcp-servers", body.clone()).await.expect_status(201);
    let elsewhere = format!("/v1/organizations/{}/mcp-servers", place.other);
    let _ = place.client("owner@beta.example").post(&elsewhere, body.clone()).await.expect_status(201);
    let first = place.owner().get(&list).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{list}/{first}");
    let _ = place.owner().edit(&path, json!({ "name": "Others" })).await.expect_status(200);
    let second = place.made("mcp-servers", body).await;
    let taken = place.owner().edit(&path, json!({ "name": "tools" })).await;
    assert_eq!(taken.expect_status(409).code(), "mcp-server.name-taken");
    let _ = place.owner().delete(&second).await.expect_status(204);
    let _ = place.owner().edit(&path, json!({ "name": "tools" })).await.expect_status(200);
    let _ = place.owner().get(&second).await.expect_status(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_that_is_sent_twice_makes_one_server() {
    let place = Place::start().await;
    let once = place.owner().with("idempotency-key", "one");
    let body = json!({ "name": "Tools", "url": "https://mcp.example.com/mcp" });
    let list = place.list("mcp-servers");
    let first = once.post(&list, body.clone()).await.expect_status(201).text("id");
    assert_eq!(once.post(&list, body).await.expect_status(201).text("id"), first);
    let other = json!({ "name": "Others", "url": "https://mcp.example.com/mcp" });
    let _ = once.post(&list, other).await.expect_status(422);
    assert_eq!(place.recorded("mcp-server.created").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_another_home_is_unknown_and_admins_do_not_manage_their_organizations() {
    let place = Place::start().await;
    let path = place.server().await;
    let (_, id) = path.rsplit_once('/').unwrap();
    let elsewhere = format!("/v1/organizations/{}/mcp-servers/{id}", place.other);
    for unknown in [&elsewhere, &path] {
        for below in ["", "/tools"] {
            let _ = place.client("owner@beta.example").get(&format!("{unknown}{below}")).await.expect_status(404);
        }
    }
    let _ = place.ops.get(&format!("/v1/mcp-servers/{id}")).await.expect_status(404);
    let _ = place.client("admin@acme.example").get(&path).await.expect_status(403);
    let _ = place.owner().get("/v1/mcp-servers").await.expect_status(403);
    // Nor do they learn from a refusal which private addresses the operator allows.
    let inside = json!({ "name": "Inside", "url": "https://10.0.0.5" });
    let _ = place.client("admin@acme.example").post(&place.list("mcp-servers"), inside).await.expect_status(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_edits_a_version_that_is_gone_changes_nothing() {
    let place = Place::start().await;
    let path = place.server().await;
    let stale = place.owner().get(&path).await.header("etag").to_owned();
    let _ = place.owner().edit(&path, json!({ "enabled": false })).await.expect_status(200);
    let late = place.owner().with("if-match", &stale);
    let _ = late.patch(&path, json!({ "enabled": true })).await.expect_status(412);
    let headers = json!({ "headers": { "X-Api-Key": "k" } });
    let _ = late.put(&format!("{path}/credential"), headers).await.expect_status(412);
    let _ = place.owner().patch(&path, json!({ "enabled": true })).await.expect_status(428);
    assert_eq!(place.kept(&path).await, None, "a refused one was stored");
    assert_eq!(place.owner().get(&path).await.json()["enabled"], false);
    let nothing = place.owner().edit(&path, json!({ "enabled": false })).await.expect_status(200).json();
    assert_eq!(nothing["version"], 2, "what changes nothing is no change");
    let _ = place.owner().edit(&path, json!({ "url": null })).await.expect_status(422);
    let _ = place.owner().edit(&path, json!({ "tools": [] })).await.expect_status(400);
}
