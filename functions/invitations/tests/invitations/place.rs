//! An organization with its people, and what tests ask of it.

use std::sync::Arc;
use std::time::Duration;

use api::{Core, Settings};
use domain::Timestamp;
use invitations::App;
use journeys::{Answer, Client, PASSWORD, Portal, Row};
use links::{HeldKey, Link};
use serde_json::{Value, json};
use vault::{Config, Login, Secret, Vault};

pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) ops: Client,
    pub(crate) org: String,
    pub(crate) owner: Client,
    pub(crate) admin: Client,
    pub(crate) member: Client,
    key: HeldKey,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::measured().await;
        let org = portal.organization("Acme").await;
        let row = |email, role| Row { org: &org, email, role, ..Row::default() };
        let people = portal
            .people(&[
                row("owner@acme.example", "owner"),
                row("admin@acme.example", "admin"),
                row("member@acme.example", "member"),
            ])
            .await;
        let client = |email: &str| people[email].1.clone();
        let card = portal.stack().card();
        let config = Config {
            address: card.vault_address.clone(),
            login: Login::Token(Secret::new(card.vault_token.clone().into_bytes())),
            mount_kv: "secret".to_owned(),
            mount_transit: "transit".to_owned(),
        };
        let vault = Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"));
        Self {
            ops: portal.superadmin().await,
            owner: client("owner@acme.example"),
            admin: client("admin@acme.example"),
            member: client("member@acme.example"),
            key: HeldKey::new(vault, start::random),
            org,
            portal,
        }
    }

    pub(crate) fn list(&self) -> String {
        format!("/v1/organizations/{}/invitations", self.org)
    }

    pub(crate) fn at(&self, id: &str) -> String {
        format!("{}/{id}", self.list())
    }

    /// The admin invites somebody; the invitation's id.
    pub(crate) async fn invite(&self, email: &str) -> String {
        let asked = json!({ "email": email, "role": "member" });
        self.admin.post(&self.list(), asked).await.expect_status(201).text("id")
    }

    /// The token of a version of an invitation's link.
    pub(crate) async fn token(&self, id: &str, version: u64) -> String {
        let link = Link::Invitation { organization: self.org.parse().unwrap(), invitation: id.parse().unwrap() };
        self.key.get().await.unwrap().token(link, version).text()
    }

    pub(crate) async fn look_up(&self, token: &str) -> Answer {
        self.portal.visitor().post("/v1/invitations/look-up", json!({ "token": token })).await
    }

    /// Somebody new accepts.
    pub(crate) async fn accept(&self, token: &str) -> Answer {
        let asked = json!({ "token": token, "display_name": "New", "password": PASSWORD });
        self.portal.visitor().post("/v1/invitations/accept", asked).await
    }

    /// Somebody who is signed in accepts.
    pub(crate) async fn accept_as(&self, client: &Client, token: &str) -> Answer {
        client.post("/v1/invitations/accept", json!({ "token": token })).await
    }

    pub(crate) async fn members(&self) -> Value {
        let list = format!("/v1/organizations/{}/members?limit=100", self.org);
        self.ops.get(&list).await.expect_status(200).json()["items"].clone()
    }

    /// How often that e-mail is a member, and how many members are counted and there.
    pub(crate) async fn counts(&self, email: &str) -> (usize, u64, usize) {
        let members = self.members().await;
        let members = members.as_array().unwrap();
        let counted = self.ops.get(&format!("/v1/organizations/{}", self.org)).await.expect_status(200).json();
        let places = members.iter().filter(|member| member["email"] == email).count();
        (places, counted["member_count"].as_u64().unwrap(), members.len())
    }

    /// How many events of that kind the organization has.
    pub(crate) async fn recorded(&self, kind: &str) -> usize {
        self.portal.events(&self.org).await.iter().filter(|event| event["action"] == kind).count()
    }

    /// The function with another clock, on the same tables.
    pub(crate) fn app(&self, clock: fn() -> Timestamp) -> App {
        let settings = Settings { public_url: self.portal.stack().card().api.clone() };
        let core = Core { store: self.portal.stack().store().clone(), settings, clock, random: start::random };
        App { core, key: self.key.clone(), portal: "https://portal.example".to_owned().try_into().unwrap() }
    }
}

/// Asks a function without a stack around it.
pub(crate) async fn ask(app: &App, path: &str, body: Value) -> (u16, Value) {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let router = api::finish(invitations::router(app.clone()), &app.core);
    let request = http::Request::post(path).header("content-type", "application/json");
    let request = request.body(axum::body::Body::from(body.to_string())).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap())
}
