//! Three organizations, and one person of every kind.

use std::cell::{Cell, RefCell};

use journeys::{Client, PASSWORD, Portal, Row, ToolServer, workbook};
use serde_json::json;

use crate::Place;

/// What people change their password to.
pub const OTHER_PASSWORD: &str = "copper-Lantern-58";

/// Somebody who asks.
pub struct Actor {
    /// The column's name.
    pub name: &'static str,
    /// The e-mail; of nobody it is one without an account.
    pub email: String,
    /// The person's id; of nobody it is nobody's.
    pub user: String,
    /// How they ask.
    pub client: Client,
}

/// Everything that requests are made of.
pub struct World {
    /// The stack.
    pub portal: Portal,
    /// The superadmin.
    pub ops: Client,
    /// The organization that most ask about.
    pub acme: Place,
    /// Another one.
    pub beta: Place,
    /// An archived one.
    pub old: Place,
    /// Everybody, in the order of the columns.
    pub actors: Vec<Actor>,
    /// Somebody of the other organization, who never asks for anything.
    pub spare: String,
    /// A completed import.
    pub import: String,
    /// People who wait for their e-mail to be confirmed, and of whom nobody has asked anything yet.
    pub(crate) waiting: RefCell<Vec<String>>,
    /// A service account of the platform that never asks for anything.
    pub service_account: String,
    /// A token of it.
    pub api_token: String,
    /// A provider of the platform.
    pub provider: String,
    /// An MCP server of the platform.
    pub mcp_server: String,
    /// What answers at every MCP server's address.
    pub(crate) tools: ToolServer,
    numbers: Cell<u32>,
}

const NOBODYS: &str = "usr_00000000000000000000000001";
const ROLES: [&str; 4] = ["admin", "builder", "operator", "viewer"];

impl World {
    /// Makes it.
    pub async fn start() -> Self {
        Self::on(Portal::start().await).await
    }

    /// Makes it on that stack.
    pub async fn on(portal: Portal) -> Self {
        let (ops, tools) = (portal.superadmin().await, ToolServer::start(&[("add", "Adds two numbers.")]).await);
        let mut acme = Place::empty(&portal, "Acme", &tools).await;
        let mut beta = Place::empty(&portal, "Beta", &tools).await;
        let mut old = Place::empty(&portal, "Old", &tools).await;
        let import = import(&portal, [&acme.org, &beta.org, &old.org]).await;
        let ids = Ids { ops: ops.clone() };
        for (place, domain) in [(&mut acme, "acme"), (&mut beta, "beta"), (&mut old, "old")] {
            place.bystander = ids.of(&format!("bystander@{domain}.example")).await;
            place.second_owner = ids.of(&format!("second@{domain}.example")).await;
            place.grants.push((place.bystander.clone(), "viewer"));
        }
        for role in ROLES {
            acme.grants.push((ids.of(&format!("p-{role}@acme.example")).await, role));
        }
        for (place, projects) in
            [(&acme, [&acme.team, &acme.doomed]), (&beta, [&beta.team, &beta.doomed]), (&old, [&old.team, &old.doomed])]
        {
            for project in projects {
                place.grant(&ops, project).await;
            }
        }
        let actors = actors(&portal, &ids, &acme).await;
        let (service_account, api_token) = crate::place::service_account(&ops, "/v1/service-accounts", "").await;
        let api_token = api_token.id;
        let provider = crate::place::provider(&ops, "/v1/providers").await;
        let mcp_server = crate::place::mcp_server(&ops, "/v1/mcp-servers", &tools).await;
        let suspended = ids.of("suspended@acme.example").await;
        let _ = ops.act(&format!("/v1/users/{suspended}/suspend")).await.expect_status(200);
        let _ = ops.act(&format!("/v1/organizations/{}/archive", old.org)).await.expect_status(200);
        let spare = ids.of("spare@beta.example").await;
        let (waiting, numbers) = (RefCell::default(), Cell::new(0));
        Self {
            portal,
            ops,
            acme,
            beta,
            old,
            actors,
            spare,
            import,
            service_account,
            api_token,
            provider,
            mcp_server,
            tools,
            waiting,
            numbers,
        }
    }

    /// Somebody by their column's name.
    #[must_use]
    pub fn actor(&self, name: &str) -> &Actor {
        self.actors.iter().find(|actor| actor.name == name).unwrap_or_else(|| panic!("nobody is {name}"))
    }

    /// A number that was not given before.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.numbers.set(self.numbers.get() + 1);
        self.numbers.get()
    }

    /// The organization that somebody asks about: who belongs to an archived one asks about that.
    #[must_use]
    pub fn place_of(&self, actor: &Actor) -> &Place {
        if actor.name == "archived" { &self.old } else { &self.acme }
    }
}

/// Brings everybody in with one workbook; its import.
async fn import(portal: &Portal, [acme, beta, old]: [&str; 3]) -> String {
    let person = |org, email, role| Row { org, email, role, password: PASSWORD, ..Row::default() };
    let rows = [
        person(acme, "owner@acme.example", "owner"),
        person(acme, "admin@acme.example", "admin"),
        person(acme, "member@acme.example", "member"),
        person(acme, "p-admin@acme.example", "member"),
        person(acme, "p-builder@acme.example", "member"),
        person(acme, "p-operator@acme.example", "member"),
        person(acme, "p-viewer@acme.example", "member"),
        person(acme, "suspended@acme.example", "owner"),
        person(acme, "bystander@acme.example", "member"),
        person(acme, "second@acme.example", "owner"),
        person(beta, "owner@beta.example", "owner"),
        person(beta, "bystander@beta.example", "member"),
        person(beta, "second@beta.example", "owner"),
        person(beta, "spare@beta.example", "member"),
        person(old, "owner@old.example", "owner"),
        person(old, "bystander@old.example", "member"),
        person(old, "second@old.example", "owner"),
    ];
    let done = portal.import(&workbook(&rows)).await;
    assert_eq!(done.job["counts"]["errors"], 0, "{:?}", done.job);
    done.job["id"].as_str().unwrap().to_owned()
}

async fn actors(portal: &Portal, ids: &Ids, acme: &Place) -> Vec<Actor> {
    let visitor = portal.visitor();
    let first = &portal.stack().first_password().unwrap().email;
    let (email, client) = (first.clone(), portal.superadmin().await);
    let mut actors = vec![Actor { name: "superadmin", user: ids.of(first).await, email, client }];
    for (name, email) in [
        ("owner", "owner@acme.example"),
        ("admin", "admin@acme.example"),
        ("member", "member@acme.example"),
        ("p-admin", "p-admin@acme.example"),
        ("p-builder", "p-builder@acme.example"),
        ("p-operator", "p-operator@acme.example"),
        ("p-viewer", "p-viewer@acme.example"),
        ("other", "owner@beta.example"),
        ("suspended", "suspended@acme.example"),
        ("archived", "owner@old.example"),
    ] {
        let started = visitor.try_sign_in(email, PASSWORD).await.expect_status(201);
        let user = started.json()["user"]["id"].as_str().unwrap().to_owned();
        actors.push(Actor { name, email: email.to_owned(), user, client: visitor.with_token(&started.text("token")) });
    }
    let own = format!("/v1/organizations/{}/service-accounts", acme.org);
    for (name, list, role) in [("svc-admin", own.as_str(), "admin"), ("runtime", "/v1/service-accounts", "")] {
        let (_, made) = crate::place::service_account(&ids.ops, list, role).await;
        let (email, client) = (format!("{name}@acme.example"), visitor.with_token(&made.token));
        actors.push(Actor { name, email, user: NOBODYS.into(), client });
    }
    actors.push(Actor { name: "nobody", email: "nobody@acme.example".into(), user: NOBODYS.into(), client: visitor });
    actors
}

struct Ids {
    ops: Client,
}

impl Ids {
    async fn of(&self, email: &str) -> String {
        let found = self.ops.get(&format!("/v1/users?email={email}")).await.expect_status(200).json();
        found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("nobody has {email}")).to_owned()
    }
}

impl Actor {
    /// What they sign in with.
    #[must_use]
    pub fn credentials(&self) -> serde_json::Value {
        json!({ "email": self.email, "password": PASSWORD })
    }
}
