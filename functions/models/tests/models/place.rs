//! An organization with its people, and providers of the platform.

use std::collections::BTreeMap;

use journeys::{Client, Portal, Row};
use serde_json::{Value, json};

pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) ops: Client,
    pub(crate) org: String,
    pub(crate) project: String,
    people: BTreeMap<String, (String, Client)>,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::measured().await;
        let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
        let projects = format!("/v1/organizations/{org}/projects");
        let project = ops.post(&projects, json!({ "name": "Team" })).await.expect_status(201).text("id");
        let row = |email, role| Row { org: &org, email, role, ..Row::default() };
        let people = portal
            .people(&[
                row("owner@acme.example", "owner"),
                row("admin@acme.example", "admin"),
                row("member@acme.example", "member"),
            ])
            .await;
        Self { portal, ops, org, project, people }
    }

    pub(crate) fn client(&self, email: &str) -> &Client {
        &self.people[email].1
    }

    pub(crate) fn admin(&self) -> &Client {
        self.client("admin@acme.example")
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("/v1/organizations/{}{path}", self.org)
    }

    /// A provider that needs no credential; its id.
    pub(crate) async fn provider(&self, list: &str, name: &str, models: Value) -> String {
        let body =
            json!({ "name": name, "type": "custom", "base_url": "https://llm.example.com/v1", "models": models });
        self.ops.post(list, body).await.expect_status(201).text("id")
    }

    pub(crate) async fn global(&self, name: &str, models: Value) -> String {
        self.provider("/v1/providers", name, models).await
    }

    /// What decides about a model in the project.
    pub(crate) async fn access(&self, query: &str) -> Value {
        let path = self.at(&format!("/projects/{}/model-access{query}", self.project));
        self.admin().get(&path).await.expect_status(200).json()
    }
}
