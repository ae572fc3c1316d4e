//! What leases of tools give, and to whom.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::place::{KEY, Place, unwrapped};

const SERVERS: &str = "/v1/mcp-server-leases";
const CLIENTS: &str = "/v1/oauth-client-leases";

impl Place {
    /// A server in that list with headers; its path and id.
    async fn server(&self, list: &str) -> (String, String) {
        let asked = json!({ "name": "Tools", "url": "https://mcp.example.com/mcp" });
        let headers = json!({ "headers": { "Authorization": format!("Bearer {KEY}"), "X-Tenant": "acme" } });
        self.tool(list, asked, headers).await
    }

    async fn tool(&self, list: &str, asked: Value, credential: Value) -> (String, String) {
        let id = self.ops.post(list, asked).await.expect_status(201).text("id");
        let ops = self.ops.with("if-match", "\"1\"");
        let _ = ops.put(&format!("{list}/{id}/credential"), credential).await.expect_status(200);
        (format!("{list}/{id}"), id)
    }

    async fn lease_server(&self, id: &str) -> journeys::Answer {
        self.runtime.post(SERVERS, json!({ "organization_id": self.org, "mcp_server_id": id })).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_the_organization_or_of_the_platform_is_leased_with_the_way_to_its_headers() {
    let place = Place::start().await;
    for list in [place.at("/mcp-servers"), "/v1/mcp-servers".to_owned()] {
        let (path, id) = place.server(&list).await;
        let answer = place.lease_server(&id).await.expect_status(200);
        assert!(!String::from_utf8_lossy(answer.bytes()).contains(KEY), "the headers passed through");
        let lease = answer.json();
        assert_eq!((&lease["url"], &lease["mcp_server_id"]), (&json!("https://mcp.example.com/mcp"), &json!(id)));
        let kept = unwrapped(&lease).await.json::<Value>().await.unwrap()["data"]["data"].clone();
        assert_eq!(kept, json!({ "authorization": format!("Bearer {KEY}"), "x-tenant": "acme" }));
        assert_eq!(unwrapped(&lease).await.status(), StatusCode::BAD_REQUEST, "they were fetched twice");
        let read = place.ops.get(&path).await.expect_status(200);
        assert!(read.json()["credential"]["last_used_at"].is_string(), "{read:?}");
        assert_eq!(read.header("etag"), "\"2\"", "a use is no change");
    }
    let recorded = place.recorded().await;
    let kinds: Vec<_> = recorded.iter().map(|event| &event["target"]["kind"]).collect();
    assert_eq!(kinds, ["mcp-server", "mcp-server"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_headers_is_leased_as_it_is() {
    let place = Place::start().await;
    let asked = json!({ "name": "Open", "url": "https://mcp.example.com/mcp" });
    let id = place.ops.post("/v1/mcp-servers", asked).await.expect_status(201).text("id");
    assert_eq!(place.lease_server(&id).await.expect_status(200).json().get("credential"), None);
    assert_eq!(place.recorded().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_disabled_or_another_organizations_is_leased_to_nobody() {
    let place = Place::start().await;
    let (path, id) = place.server(&place.at("/mcp-servers")).await;
    let beta = place.portal.organization("Beta").await;
    let elsewhere = json!({ "organization_id": beta, "mcp_server_id": id });
    let _ = place.runtime.post(SERVERS, elsewhere).await.expect_status(404);
    for other in [&place.owner, &place.ops] {
        let asked = json!({ "organization_id": place.org, "mcp_server_id": id });
        let _ = other.post(SERVERS, asked).await.expect_status(403);
    }
    let _ = place.ops.edit(&path, json!({ "enabled": false })).await.expect_status(200);
    let _ = place.lease_server(&id).await.expect_status(404);
    let _ = place.ops.edit(&path, json!({ "enabled": true })).await.expect_status(200);
    let _ = place.ops.act(&place.at("/archive")).await.expect_status(200);
    let _ = place.lease_server(&id).await.expect_status(403);
    assert!(place.recorded().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oauth_client_is_leased_with_the_way_to_its_secret_to_its_own_organization() {
    let place = Place::start().await;
    let asked = json!({
        "name": "Drive", "issuer": "https://login.example.com/acme", "client_id": "portal", "scopes": ["files.read"]
    });
    let (path, id) = place.tool(&place.at("/oauth-clients"), asked, json!({ "client_secret": KEY })).await;
    let body = json!({ "organization_id": place.org, "oauth_client_id": id });
    let answer = place.runtime.post(CLIENTS, body).await.expect_status(200);
    assert!(!String::from_utf8_lossy(answer.bytes()).contains(KEY), "the secret passed through");
    let lease = answer.json();
    assert_eq!((&lease["client_id"], &lease["scopes"]), (&json!("portal"), &json!(["files.read"])));
    let kept = unwrapped(&lease).await.json::<Value>().await.unwrap()["data"]["data"].clone();
    assert_eq!(kept, json!({ "client_secret": KEY }));
    assert!(place.ops.get(&path).await.json()["credential"]["last_used_at"].is_string());
    assert_eq!(place.recorded().await[0]["target"]["kind"], "oauth-client");
    let beta = place.portal.organization("Beta").await;
    let elsewhere = json!({ "organization_id": beta, "oauth_client_id": id });
    let _ = place.runtime.post(CLIENTS, elsewhere).await.expect_status(404);
}
