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

    /// A list of the organization: `mcp-servers` or `oauth-clients`.
    pub(crate) fn list(&self, of: &str) -> String {
        format!("/v1/organizations/{}/{of}", self.org)
    }

    /// Something in such a list; its path.
    pub(crate) async fn made(&self, of: &str, body: Value) -> String {
        let made = self.owner().post(&self.list(of), body).await.expect_status(201);
        let path = format!("{}/{}", self.list(of), made.text("id"));
        assert_eq!(made.header("location"), path);
        path
    }

    pub(crate) async fn server(&self) -> String {
        self.made("mcp-servers", json!({ "name": "Tickets", "url": "https://mcp.example.com/mcp" })).await
    }

    pub(crate) async fn oauth_client(&self) -> String {
        let issuer = "https://login.example.com/acme";
        self.made("oauth-clients", json!({ "name": "Drive", "issuer": issuer, "client_id": "portal" })).await
    }

    /// Stores a credential on the version that is there.
    pub(crate) async fn store(&self, path: &str, credential: Value) -> Answer {
        let read = self.owner().get(path).await.expect_status(200);
        let owner = self.owner().with("if-match", read.header("etag"));
        owner.put(&format!("{path}/credential"), credential).await
    }

    /// What the vault says to its root of that path below `secret/`, such as `data/orgs/…`.
    pub(crate) async fn vault(&self, path: &str) -> Answer {
        let card = self.portal.stack().card();
        let vault = Client::at(&card.vault_address).with("x-vault-token", &card.vault_token);
        vault.get(&format!("/v1/secret/{path}")).await
    }

    /// What the vault would hand out of something of the organization.
    pub(crate) async fn kept(&self, path: &str) -> Option<Value> {
        let read = self.vault(&format!("data/{}", Self::secret(path))).await;
        (read.status() == 200).then(|| read.json()["data"]["data"].clone())
    }

    /// Where the credential of something lies.
    pub(crate) fn secret(path: &str) -> String {
        path.replace("/v1/organizations/", "orgs/")
    }

    /// The records of one kind, newest first.
    pub(crate) async fn recorded(&self, action: &str) -> Vec<Value> {
        let path = format!("/v1/organizations/{}/audit-events?action={action}", self.org);
        self.ops.get(&path).await.expect_status(200).json()["items"].as_array().unwrap().clone()
    }
}
