//! An organization with its people, and the vault as its operator sees it.

use std::collections::BTreeMap;

use journeys::{Answer, Client, Portal, Row};
use serde_json::{Value, json};

pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) ops: Client,
    pub(crate) org: String,
    /// Another organization.
    pub(crate) other: String,
    people: BTreeMap<String, (String, Client)>,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::measured().await;
        let (org, other) = (portal.organization("Acme").await, portal.organization("Beta").await);
        let row = |org, email, role| Row { org, email, role, ..Row::default() };
        let people = portal
            .people(&[
                row(&org, "owner@acme.example", "owner"),
                row(&org, "admin@acme.example", "admin"),
                row(&other, "owner@beta.example", "owner"),
            ])
            .await;
        let ops = portal.superadmin().await;
        Self { portal, ops, org, other, people }
    }

    pub(crate) fn client(&self, email: &str) -> &Client {
        &self.people[email].1
    }

    pub(crate) fn owner(&self) -> &Client {
        self.client("owner@acme.example")
    }

    /// The list of the organization's own providers.
    pub(crate) fn list(&self) -> String {
        format!("/v1/organizations/{}/providers", self.org)
    }

    /// A provider of the organization; its path.
    pub(crate) async fn provider(&self, body: Value) -> String {
        let made = self.owner().post(&self.list(), body).await.expect_status(201);
        let path = format!("{}/{}", self.list(), made.text("id"));
        assert_eq!(made.header("location"), path);
        path
    }

    /// One that speaks OpenAI's API at an address of its own.
    pub(crate) async fn custom(&self) -> String {
        self.provider(json!({ "name": "Own", "type": "custom", "base_url": "https://llm.example.com/v1" })).await
    }

    /// Stores a credential on the version that is there.
    pub(crate) async fn store(&self, provider: &str, credential: Value) -> Answer {
        let read = self.owner().get(provider).await.expect_status(200);
        let owner = self.owner().with("if-match", read.header("etag"));
        owner.put(&format!("{provider}/credential"), credential).await
    }

    /// A lease of a call of the organization's provider, as the runtime gets it.
    pub(crate) async fn leased(&self, provider: &str) -> Answer {
        let _ = self.owner().edit(provider, json!({ "models": { "small": {} } })).await.expect_status(200);
        let projects = format!("/v1/organizations/{}/projects", self.org);
        let project = self.ops.post(&projects, json!({ "name": "Team" })).await.expect_status(201).text("id");
        let account = self.ops.post("/v1/service-accounts", json!({ "name": "Runtime" })).await.expect_status(201);
        let tokens = format!("/v1/service-accounts/{}/tokens", account.text("id"));
        let token = self.ops.post(&tokens, json!({ "name": "Key" })).await.expect_status(201).text("token");
        let runtime = self.portal.visitor().with_token(&token);
        let id = domain::id::ReservationId::from_parts(start::clock().millis(), 1).to_string();
        let call = json!({ "id": id, "project_id": project, "tokens": 10 });
        let reserve = json!({ "organization_id": self.org, "calls": [call] });
        let _ = runtime.post("/v1/quota-reservations", reserve).await.expect_status(200);
        let body =
            json!({ "organization_id": self.org, "project_id": project, "reservation_id": id, "model": "small" });
        runtime.post("/v1/credential-leases", body).await
    }

    /// What the vault says to its root of that path below `secret/`, such as `data/orgs/…`.
    pub(crate) async fn vault(&self, path: &str) -> Answer {
        let card = self.portal.stack().card();
        Client::at(&card.vault_address)
            .with("x-vault-token", &card.vault_token)
            .get(&format!("/v1/secret/{path}"))
            .await
    }

    /// The version that the vault would hand out of the organization's provider.
    pub(crate) async fn kept(&self, provider: &str) -> Option<Value> {
        let (_, id) = provider.rsplit_once('/').unwrap();
        let read = self.vault(&format!("data/orgs/{}/providers/{id}", self.org)).await;
        (read.status() == 200).then(|| read.json()["data"]["data"].clone())
    }

    /// The records of one kind, newest first.
    pub(crate) async fn recorded(&self, action: &str) -> Vec<Value> {
        let path = format!("/v1/organizations/{}/audit-events?action={action}", self.org);
        self.ops.get(&path).await.expect_status(200).json()["items"].as_array().unwrap().clone()
    }
}
