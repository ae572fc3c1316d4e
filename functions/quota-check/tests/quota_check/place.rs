//! An organization with people, a use case and limits, and a runtime that asks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client as Tables;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use domain::id::ReservationId;
use journeys::{Answer, Client, Portal, Row};
use serde_json::{Value, json};

pub(crate) const LIST: &str = "/v1/quota-reservations";
pub(crate) const LEASES: &str = "/v1/token-leases";

pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) ops: Client,
    pub(crate) runtime: Client,
    pub(crate) org: String,
    pub(crate) project: String,
    pub(crate) use_case: String,
    pub(crate) user: String,
    pub(crate) member: Client,
    key: String,
}

/// A new id of a call that is about to be made.
pub(crate) fn fresh() -> String {
    fresh_at(start::clock())
}

/// The same at another time.
pub(crate) fn fresh_at(now: Timestamp) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = u128::from(NUMBER.fetch_add(1, Ordering::Relaxed));
    ReservationId::from_parts(now.millis(), number).to_string()
}

/// A line of what a lease was spent on.
pub(crate) fn line(id: &str, tokens: u64) -> Value {
    json!({
        "id": id, "prompt_tokens": tokens - 1, "completion_tokens": 1, "source": "provider", "model": "small", "cost_micro_usd": 2
    })
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::start().await;
        let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
        let at = format!("/v1/organizations/{org}");
        let project =
            ops.post(&format!("{at}/projects"), json!({ "name": "Team" })).await.expect_status(201).text("id");
        let use_cases = format!("{at}/projects/{project}/use-cases");
        let use_case = ops.post(&use_cases, json!({ "name": "Answering" })).await.expect_status(201).text("id");
        let row = Row { org: &org, email: "ann@acme.example", role: "member", ..Row::default() };
        let (user, member) = portal.people(&[row]).await.remove("ann@acme.example").unwrap();
        let made = ops.post("/v1/service-accounts", json!({ "name": "Runtime" })).await.expect_status(201).text("id");
        let key = ops.post(&format!("/v1/service-accounts/{made}/tokens"), json!({ "name": "Key" })).await;
        let key = key.expect_status(201).text("token");
        let runtime = portal.visitor().with_token(&key);
        Self { portal, ops, runtime, org, project, use_case, user, member, key }
    }

    /// What a call of that many tokens falls in.
    pub(crate) fn call(&self, id: &str, tokens: u64) -> Value {
        json!({ "id": id, "project_id": self.project, "use_case_id": self.use_case, "user_id": self.user, "tokens": tokens })
    }

    pub(crate) async fn reserve(&self, calls: &[Value]) -> Answer {
        self.runtime.post(LIST, json!({ "organization_id": self.org, "calls": calls })).await
    }

    pub(crate) async fn settle(&self, id: &str, tokens: u64) -> Answer {
        let body = json!({
            "organization_id": self.org, "project_id": self.project, "use_case_id": self.use_case, "user_id": self.user,
            "prompt_tokens": tokens, "completion_tokens": 0, "source": "provider", "model": "small", "cost_micro_usd": 12
        });
        self.runtime.post(&format!("{LIST}/{id}/settle"), body).await
    }

    pub(crate) async fn release(&self, id: &str) -> Answer {
        let body = json!({
            "organization_id": self.org, "project_id": self.project, "use_case_id": self.use_case, "user_id": self.user
        });
        self.runtime.post(&format!("{LIST}/{id}/release"), body).await
    }

    /// What a block of that many tokens is asked for with.
    pub(crate) fn block(&self, id: &str, tokens: u64, at_least: u64) -> Value {
        let mut block = self.call(id, tokens);
        block["organization_id"] = json!(self.org);
        block["at_least"] = json!(at_least);
        block
    }

    pub(crate) async fn lease(&self, id: &str, tokens: u64, at_least: u64) -> Answer {
        self.runtime.post(LEASES, self.block(id, tokens, at_least)).await
    }

    /// What a block is returned with.
    pub(crate) fn spent(&self, lines: &[Value]) -> Value {
        json!({
            "organization_id": self.org, "project_id": self.project, "use_case_id": self.use_case, "user_id": self.user, "lines": lines
        })
    }

    pub(crate) async fn give_back(&self, id: &str, lines: &[Value]) -> Answer {
        self.runtime.post(&format!("{LEASES}/{id}/return"), self.spent(lines)).await
    }

    /// What is used, held and left of a month: of the narrowest scope of that kind that a call falls in.
    pub(crate) async fn standing(&self, kind: &str) -> (u64, u64, u64) {
        let Self { org, project, use_case, user, .. } = self;
        let path =
            format!("/v1/organizations/{org}/quotas/effective?project={project}&use_case={use_case}&user={user}");
        let seen = self.ops.get(&path).await.expect_status(200).json();
        let scope = seen["scopes"].as_array().unwrap().iter().find(|scope| scope["scope"]["kind"] == kind).unwrap();
        let month = scope["periods"].as_array().unwrap().iter().find(|period| period["period"] == "monthly").unwrap();
        let number = |name: &str| month[name].as_u64().unwrap();
        (number("used"), number("held"), number("remaining"))
    }

    /// Asks the function as it is at another time, on the same tables.
    pub(crate) async fn ask_at(&self, clock: fn() -> Timestamp, path: &str, body: &Value) -> (u16, Value) {
        use http_body_util::BodyExt;
        use tower::ServiceExt;
        let settings = api::Settings { public_url: self.portal.stack().card().api.clone() };
        let core = api::Core { store: self.portal.stack().store().clone(), settings, clock, random: start::random };
        let router = api::finish(quota_check::router(quota_check::App { core: core.clone() }), &core);
        let request = http::Request::post(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {}", self.key));
        let answer = router.oneshot(request.body(axum::body::Body::from(body.to_string())).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap())
    }

    /// Sets a limit of the month as it is stored.
    pub(crate) async fn limit(&self, scope: &str, monthly: u64) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let number = |number: u64| AttributeValue::N(number.to_string());
        let own = AttributeValue::M(HashMap::from([("monthly".to_owned(), number(monthly))]));
        let pk = format!("{}#LIMITS#{scope}", self.org);
        let call = self.tables().put_item().table_name(format!("{}tenants", self.portal.stack().card().tables.prefix));
        let call = call.item("pk", text(&pk)).item("sk", text("LIMITS")).item("own", own);
        call.item("version", number(1)).send().await.unwrap();
    }

    fn tables(&self) -> Tables {
        let card = self.portal.stack().card();
        let key = &card.functions_key;
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(card.region.clone()))
            .credentials_provider(Credentials::new(&key.id, &key.secret, None, None, "tests"))
            .endpoint_url(&card.dynamodb_endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Tables::from_conf(config)
    }
}
