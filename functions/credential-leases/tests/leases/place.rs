//! An organization with a project and a provider, and a runtime that calls models.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::id::ReservationId;
use journeys::{Answer, Client, Portal, Row};
use serde_json::{Value, json};

pub(crate) const KEY: &str = "sk-leased-0123456789abcdef";
pub(crate) const LEASES: &str = "/v1/credential-leases";

pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) ops: Client,
    pub(crate) owner: Client,
    pub(crate) runtime: Client,
    pub(crate) org: String,
    pub(crate) project: String,
    pub(crate) user: String,
    pub(crate) token: String,
}

/// A new id of a call that is about to be made.
pub(crate) fn fresh() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = u128::from(NUMBER.fetch_add(1, Ordering::Relaxed));
    ReservationId::from_parts(start::clock().millis(), number).to_string()
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::measured().await;
        let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
        let projects = format!("/v1/organizations/{org}/projects");
        let project = ops.post(&projects, json!({ "name": "Team" })).await.expect_status(201).text("id");
        let row = Row { org: &org, email: "owner@acme.example", role: "owner", ..Row::default() };
        let (user, owner) = portal.people(&[row]).await.remove("owner@acme.example").unwrap();
        let made = ops.post("/v1/service-accounts", json!({ "name": "Runtime" })).await.expect_status(201).text("id");
        let key = ops.post(&format!("/v1/service-accounts/{made}/tokens"), json!({ "name": "Key" })).await;
        let token = key.expect_status(201).text("token");
        let runtime = portal.visitor().with_token(&token);
        Self { portal, ops, owner, runtime, org, project, user, token }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("/v1/organizations/{}{path}", self.org)
    }

    /// A provider in a list, with a credential; its path.
    pub(crate) async fn provider(&self, list: &str, name: &str, models: Value) -> String {
        let body =
            json!({ "name": name, "type": "custom", "base_url": "https://llm.example.com/v1", "models": models });
        let made = self.ops.post(list, body).await.expect_status(201).text("id");
        let path = format!("{list}/{made}");
        let put =
            self.ops.with("if-match", "\"1\"").put(&format!("{path}/credential"), json!({ "api_key": KEY })).await;
        let _ = put.expect_status(200);
        path
    }

    pub(crate) async fn own(&self, name: &str, models: Value) -> String {
        self.provider(&self.at("/providers"), name, models).await
    }

    /// A reserved call; its id.
    pub(crate) async fn reserved(&self) -> String {
        let id = fresh();
        let call = json!({ "id": id, "project_id": self.project, "user_id": self.user, "tokens": 100 });
        let asked = json!({ "organization_id": self.org, "calls": [call] });
        let _ = self.runtime.post("/v1/quota-reservations", asked).await.expect_status(200);
        id
    }

    /// What a call with that reservation and model is asked for with.
    pub(crate) fn body(&self, reservation: &str, model: Value) -> Value {
        json!({
            "organization_id": self.org, "project_id": self.project, "user_id": self.user,
            "reservation_id": reservation, "model": model
        })
    }

    pub(crate) async fn lease(&self, reservation: &str, model: &str) -> Answer {
        self.runtime.post(LEASES, self.body(reservation, json!(model))).await
    }

    /// A lease of a call that was just reserved.
    pub(crate) async fn leased(&self, model: &str) -> Answer {
        self.lease(&self.reserved().await, model).await
    }

    /// The name of the provider that serves.
    pub(crate) async fn served_by(&self, model: &str) -> String {
        self.leased(model).await.expect_status(200).text("provider")
    }

    /// The records of leases, newest first.
    pub(crate) async fn recorded(&self) -> Vec<Value> {
        let path = self.at("/audit-events?action=credential.leased");
        self.ops.get(&path).await.expect_status(200).json()["items"].as_array().unwrap().clone()
    }
}

/// Shows the wrapped token to the vault.
pub(crate) async fn unwrapped(lease: &Value) -> reqwest::Response {
    let way = &lease["credential"];
    let path = format!("{}/v1/sys/wrapping/unwrap", way["vault_address"].as_str().unwrap());
    let asked = reqwest::Client::new().post(path).header("x-vault-token", way["wrapped_token"].as_str().unwrap());
    asked.send().await.unwrap()
}
