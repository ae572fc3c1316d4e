//! From calls that the runtime settles to usage, statements and alerts, as people see them.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use domain::id::ReservationId;
use journeys::{Book, Client, Portal, Row};
use quota_reset::{App, BUDGET};
use serde_json::{Value, json};

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    Timestamp::from_millis(u64::try_from(now).unwrap())
}

/// When the month is over in any case.
fn later() -> Timestamp {
    now().plus(Duration::from_secs(40 * 86_400))
}

struct Place {
    portal: Portal,
    org: String,
    project: String,
    owner: Client,
    admin: Client,
    member: (String, Client),
    runtime: Client,
    ops: Client,
}

impl Place {
    async fn start() -> Self {
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

    fn at(&self, path: &str) -> String {
        format!("/v1/organizations/{}/{path}", self.org)
    }

    async fn spend(&self, number: u128, tokens: u64, model: &str) {
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
    async fn limit(&self, monthly: u64) {
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

    async fn reset(&self, clock: fn() -> Timestamp) {
        let app = App { store: self.portal.stack().store().clone(), clock, random: || [7; 32], budget: BUDGET };
        assert_eq!(app.run().await.unwrap().failed, 0);
    }
}

fn sum(items: &Value, field: &str) -> u64 {
    items.as_array().unwrap().iter().map(|item| item[field].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_calls_becomes_a_statement_that_adds_up_in_every_form_and_outlives_its_project() {
    let place = Place::start().await;
    place.spend(1, 100, "small").await;
    place.spend(2, 250, "large").await;
    place.reset(now).await;
    let usage = place.member.1.get(&place.at("usage")).await.expect_status(200).json();
    assert_eq!((&usage["total"]["tokens"], usage["days"].as_array().unwrap().len()), (&json!(350), 30));
    assert!(usage["as_of"].is_string());
    let of_project = place.at(&format!("usage?of=project&project={}", place.project));
    let _ = place.member.1.get(&of_project).await.expect_status(403);
    let seen = place.admin.get(&of_project).await.expect_status(200).json();
    assert_eq!(seen["total"], usage["total"]);
    let _ = place.admin.get(&place.at("statements")).await.expect_status(403);

    let _ = place.ops.delete(&place.at(&format!("projects/{}", place.project))).await.expect_status(204);
    place.reset(later).await;
    let month = now().day()[..7].to_owned();
    let list = place.owner.get(&place.at("statements")).await.expect_status(200).json();
    let head = list["items"].as_array().unwrap().iter().find(|item| item["month"] == month).unwrap();
    assert_eq!(
        (&head["closed"], &head["total"]["tokens"], &head["total"]["cost_micro_usd"]),
        (&json!(true), &json!(350), &json!(700))
    );
    for by in ["project", "use_case", "model", "user"] {
        let page = place.owner.get(&place.at(&format!("statements/{month}?by={by}"))).await.expect_status(200).json();
        for field in ["tokens", "prompt_tokens", "completion_tokens", "cost_micro_usd"] {
            assert_eq!(sum(&page["items"], field), page["total"][field].as_u64().unwrap(), "{by} {field}");
        }
        assert_eq!(page["items"].as_array().unwrap().len(), if by == "model" { 2 } else { 1 });
    }
    let by_project = place.owner.get(&place.at(&format!("statements/{month}"))).await.json();
    assert_eq!(by_project["items"][0]["name"], "=cmd|'/c calc'!A1", "a project that is gone keeps its name");
    let csv = place.owner.get(&place.at(&format!("statements/{month}?format=csv"))).await.expect_status(200);
    let text = String::from_utf8(csv.bytes().to_vec()).unwrap();
    assert!(text.contains("total,,,,348,2,350,700\r\n") && text.contains(",\"'=cmd|'/c calc'!A1\","), "{text}");
    let book = place.owner.get(&place.at(&format!("statements/{month}?format=xlsx"))).await.expect_status(200);
    let rows = Book::read(book.bytes().to_vec());
    let rows = rows.sheet(&month);
    assert_eq!((rows.len(), rows[0]["tokens"].as_str()), (6, "350"));
    assert_eq!(rows[1]["name"], "=cmd|'/c calc'!A1", "text, as it was typed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_usage_of_another_organization_nor_learns_of_what_is_in_it() {
    let place = Place::start().await;
    place.spend(1, 100, "small").await;
    place.reset(now).await;
    let other = place.portal.organization("Other").await;
    let row = Row { org: &other, email: "x@b.example", role: "owner", ..Row::default() };
    let (id, stranger) = place.portal.people(&[row]).await.remove("x@b.example").unwrap();
    for path in ["usage", "usage?of=organization", "statements", "statements/2026-11?format=csv"] {
        let _ = stranger.get(&place.at(path)).await.expect_status(404);
    }
    for query in [
        format!("of=project&project={}", place.project),
        format!("of=user&user={}", place.member.0),
        "of=user&user=usr_00000000000000000000000001".to_owned(),
    ] {
        let answer = stranger.get(&format!("/v1/organizations/{other}/usage?{query}")).await;
        assert_eq!(answer.expect_status(404).code(), "resource.not-found", "{query}");
    }
    let _ = place.owner.get(&place.at(&format!("usage?of=user&user={id}"))).await.expect_status(404);
    for query in ["of=project", "of=organization&user=usr_00000000000000000000000001", "first_day=2026-11", "day=1"] {
        let _ = place.owner.get(&place.at(&format!("usage?{query}"))).await.expect_status(400);
    }
    let too_long = place.owner.get(&place.at("usage?first_day=2026-01-01&last_day=2026-11-30")).await;
    assert_eq!(too_long.expect_status(422).code(), "request.invalid");
    for month in ["2026-W48", "2026-11-30", "2020-01", "2999-01", "x"] {
        let _ = place.owner.get(&place.at(&format!("statements/{month}"))).await.expect_status(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_are_told_once_that_a_limit_is_nearly_used_in_the_inbox_and_by_mail() {
    let place = Place::start().await;
    place.limit(1_000).await;
    place.spend(1, 850, "small").await;
    for _ in 0..2 {
        place.reset(now).await;
    }
    place.portal.stack().idle().await;
    let told = async |who: &Client| {
        let inbox = who.get("/v1/me/notifications?limit=100").await.expect_status(200).json();
        let titles = inbox["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "usage.alert");
        titles.map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for who in [&place.owner, &place.admin] {
        let titles = told(who).await;
        let of_month = titles.iter().filter(|title| title.contains("has used 80 % of its tokens for")).count();
        assert_eq!(of_month, 1, "{titles:?}");
        assert!(titles.iter().all(|title| title.starts_with("The organization “=Acme()”")), "{titles:?}");
    }
    assert!(told(&place.member.1).await.is_empty());
    let letters = place.portal.stack().mail().letters();
    let told = |letter: &&embedded::mail::Letter| letter.subject.contains("% of a token limit is used");
    assert!(letters.iter().filter(told).all(|letter| letter.to != ["m@a.example"]));
    assert!(letters.iter().filter(told).any(|letter| letter.to == ["a@a.example"]));
}
