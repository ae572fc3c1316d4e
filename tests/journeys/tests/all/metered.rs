//! An organization whose calls are counted, and the scheduled reset at any time.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use domain::id::ReservationId;
use journeys::{Client, Portal, Row};
use quota_reset::{App, BUDGET, Done};
use serde_json::json;

pub(crate) fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    Timestamp::from_millis(u64::try_from(now).unwrap())
}

/// When the month is over in any case.
pub(crate) fn later() -> Timestamp {
    now().plus(Duration::from_secs(40 * 86_400))
}

/// An organization with people in it, and a runtime.
pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) org: String,
    pub(crate) project: String,
    pub(crate) owner: Client,
    pub(crate) admin: Client,
    pub(crate) member: (String, Client),
    pub(crate) runtime: Client,
    pub(crate) ops: Client,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::start().await;
        let (ops, org) = (portal.superadmin().await, portal.organization("=Acme()").await);
        let person = |email, role| Row { org: &org, email, role, ..Row::default() };
        let rows = [person("o@a.example", "owner"), person("a@a.example", "admin"), person("m@a.example", "member")];
        let mut people = portal.people(&rows).await;
        let mut of = |email: &str| people.remove(email).unwrap();
        let (owner, admin, member) = (of("o@a.example").1, of("a@a.example").1, of("m@a.example"));
        let projects = format!("/v1/organizations/{org}/projects");
        let project = ops.post(&projects, json!({ "name": "=cmd|'/c calc'!A1" })).await.expect_status(201).text("id");
        let made = ops.post("/v1/service-accounts", json!({ "name": "Runtime" })).await.expect_status(201).text("id");
        let key = ops.post(&format!("/v1/service-accounts/{made}/tokens"), json!({ "name": "Key" })).await;
        let runtime = portal.visitor().with_token(&key.expect_status(201).text("token"));
        Self { portal, org, project, owner, admin, member, runtime, ops }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("/v1/organizations/{}/{path}", self.org)
    }

    /// A call that is reserved and settled now.
    pub(crate) async fn spend(&self, number: u128, tokens: u64, model: &str) {
        let id = ReservationId::from_parts(now().millis(), number).to_string();
        let mut call = json!({ "id": id, "project_id": self.project, "user_id": self.member.0, "tokens": tokens });
        let asked = json!({ "organization_id": self.org, "calls": [call] });
        let _ = self.runtime.post("/v1/quota-reservations", asked).await.expect_status(200);
        let fields = call.as_object_mut().unwrap();
        fields.retain(|name, _| name != "id" && name != "tokens");
        let used = json!({
            "organization_id": self.org, "prompt_tokens": tokens - 1, "completion_tokens": 1, "source": "provider",
            "model": model, "cost_micro_usd": tokens * 2
        });
        fields.extend(used.as_object().unwrap().clone());
        let _ = self.runtime.post(&format!("/v1/quota-reservations/{id}/settle"), call).await.expect_status(200);
    }

    /// Sets a limit of the organization's month as it is stored.
    pub(crate) async fn limit(&self, monthly: u64) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let number = |number: u64| AttributeValue::N(number.to_string());
        let card = self.portal.stack().card();
        let key = &card.functions_key;
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(card.region.clone()))
            .credentials_provider(Credentials::new(&key.id, &key.secret, None, None, "tests"))
            .endpoint_url(&card.dynamodb_endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let own = AttributeValue::M(HashMap::from([("monthly".to_owned(), number(monthly))]));
        let call = aws_sdk_dynamodb::Client::from_conf(config).put_item();
        let call = call.table_name(format!("{}tenants", card.tables.prefix)).item("own", own);
        let call = call.item("pk", text(&format!("{}#LIMITS#organization", self.org))).item("sk", text("LIMITS"));
        call.item("version", number(1)).send().await.unwrap();
    }

    /// One run of the reset at that time.
    pub(crate) async fn reset(&self, clock: fn() -> Timestamp) -> Done {
        let app = App { store: self.portal.stack().store().clone(), clock, random: || [7; 32], budget: BUDGET };
        let done = app.run().await.unwrap();
        assert_eq!(done.failed, 0);
        done
    }
}
