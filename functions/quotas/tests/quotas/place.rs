//! An organization with its people, and what tests ask of it.

use std::collections::BTreeMap;

use domain::organization::{Placement, Status};
use domain::{Actor, Mint, OrgRole, Origin, Principal, Standing, Timestamp};
use journeys::{Answer, Client, Portal, Row};
use serde_json::{Value, json};

/// An organization with a team project and a use case in it, and one of another organization.
pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) ops: Client,
    pub(crate) org: String,
    pub(crate) team: String,
    pub(crate) use_case: String,
    people: BTreeMap<String, (String, Client)>,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::measured().await;
        let (org, other) = (portal.organization("Acme").await, portal.organization("Beta").await);
        let row = |email, role| Row { org: &org, email, role, ..Row::default() };
        let people = portal
            .people(&[
                row("owner@acme.example", "owner"),
                row("admin@acme.example", "admin"),
                row("other-admin@acme.example", "admin"),
                row("member@acme.example", "member"),
                row("p-admin@acme.example", "member"),
                row("operator@acme.example", "member"),
                Row { org: &other, email: "owner@beta.example", role: "owner", ..Row::default() },
            ])
            .await;
        let ops = portal.superadmin().await;
        let at = format!("/v1/organizations/{org}");
        let team = ops.post(&format!("{at}/projects"), json!({ "name": "Team" })).await.expect_status(201).text("id");
        let use_cases = format!("{at}/projects/{team}/use-cases");
        let use_case = ops.post(&use_cases, json!({ "name": "Answering" })).await.expect_status(201).text("id");
        for (email, role) in [("p-admin@acme.example", "admin"), ("operator@acme.example", "operator")] {
            let path = format!("{at}/projects/{team}/members/{}", people[email].0);
            let _ = ops.put(&path, json!({ "role": role })).await.expect_status(200);
        }
        Self { portal, ops, org, team, use_case, people }
    }

    /// Somebody of the organization, by the name before `@acme.example`, or anybody by the whole e-mail.
    pub(crate) fn client(&self, name: &str) -> &Client {
        &self.person(name).1
    }

    pub(crate) fn id(&self, name: &str) -> &str {
        &self.person(name).0
    }

    fn person(&self, name: &str) -> &(String, Client) {
        let email = if name.contains('@') { name.to_owned() } else { format!("{name}@acme.example") };
        &self.people[&email]
    }

    pub(crate) fn at(&self, rest: &str) -> String {
        format!("/v1/organizations/{}/{rest}", self.org)
    }

    /// The path of the limits of something: `organization`, `project`, `use_case`, or a person by name.
    pub(crate) fn limits(&self, of: &str) -> String {
        match of {
            "organization" => self.at(&format!("quotas/organization/{}", self.org)),
            "project" => self.at(&format!("quotas/project/{}", self.team)),
            "use_case" => self.at(&format!("quotas/use_case/{}?project={}", self.use_case, self.team)),
            person => self.at(&format!("quotas/user/{}", self.id(person))),
        }
    }

    /// The same as a body names it.
    pub(crate) fn scope(&self, of: &str) -> Value {
        match of {
            "organization" => json!({ "kind": "organization" }),
            "project" => json!({ "kind": "project", "id": self.team }),
            "use_case" => json!({ "kind": "use_case", "id": self.use_case, "project": self.team }),
            person => json!({ "kind": "user", "id": self.id(person) }),
        }
    }

    /// Sets limits as the superadmin.
    pub(crate) async fn limit(&self, of: &str, limits: Value) {
        let path = self.limits(of);
        let tag = self.ops.get(&path).await.expect_status(200).header("etag").to_owned();
        let _ = self.ops.with("if-match", &tag).put(&path, limits).await.expect_status(200);
    }

    /// What a person sees of one scope and period, with that query.
    pub(crate) async fn standing(&self, of: &str, kind: &str, period: &str, query: &str) -> Value {
        let seen = self.client(of).get(&self.at(&format!("quotas/effective{query}"))).await.expect_status(200).json();
        let scope = seen["scopes"].as_array().unwrap().iter().find(|scope| scope["scope"]["kind"] == kind);
        let periods = scope.unwrap_or_else(|| panic!("no {kind} in {seen}"))["periods"].as_array().unwrap();
        periods.iter().find(|one| one["period"] == period).unwrap().clone()
    }

    /// A top-up as it is asked for.
    pub(crate) fn top_up(&self, of: &str, tokens: u64) -> Value {
        json!({ "scope": self.scope(of), "tokens": tokens, "reason": "a secret merger" })
    }

    /// A request as it is made.
    pub(crate) fn request(&self, of: &str, tokens: u64) -> Value {
        json!({ "scope": self.scope(of), "tokens": tokens, "reason": "a secret merger" })
    }

    /// Somebody asks for more of what is blocked; the request's id.
    pub(crate) async fn ask(&self, who: &str, of: &str, tokens: u64) -> String {
        let asked = self.client(who).post(&self.at("quota-requests"), self.request(of, tokens)).await;
        asked.expect_status(201).text("id")
    }

    pub(crate) async fn items(&self, client: &Client, list: &str) -> Vec<Value> {
        let page = client.get(&self.at(&format!("{list}?limit=100"))).await.expect_status(200).json();
        page["items"].as_array().unwrap().clone()
    }

    /// The events of that kind in the organization.
    pub(crate) async fn recorded(&self, kind: &str) -> Vec<Value> {
        let events = self.portal.events(&self.org).await;
        events.into_iter().filter(|event| event["action"] == kind).collect()
    }

    /// Somebody with that role, as the store is asked by the function: with a clock of the test's own.
    pub(crate) async fn actor(&self, who: &str, role: OrgRole) -> Actor {
        let entry = self.ops.get(&format!("/v1/organizations/{}", self.org)).await.expect_status(200);
        let (id, email) = (self.id(who).parse().unwrap(), format!("{who}@acme.example"));
        let standing = Standing {
            organization: self.org.parse().unwrap(),
            status: Status::Active,
            placement: Placement::Pooled,
            default_project: entry.text("default_project_id").parse().unwrap(),
            role: Some(role),
            projects: BTreeMap::new(),
        };
        let principal = Principal::User { id, email, superadmin: false, must_change_password: false };
        Actor { principal, standing: Some(standing), origin: Origin::default() }
    }

    /// Its tables.
    pub(crate) fn store(&self) -> &store::Store {
        self.portal.stack().store()
    }
}

/// Makes ids at that instant.
pub(crate) fn mint(at: Timestamp) -> Mint {
    Mint::new(at, start::random())
}

/// How often each status came back.
pub(crate) fn tally(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry(answer.status()).or_default() += 1;
    }
    tally
}
