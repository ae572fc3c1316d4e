//! Reasons and notes: what lies in the tables, and what is shown where they do not open.

use std::sync::Arc;

use aws_sdk_dynamodb::Client as Tables;
use aws_sdk_dynamodb::types::AttributeValue;
use http_body_util::BodyExt;
use journeys::PASSWORD;
use seal::Sealer;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::place::Place;

fn tables(place: &Place) -> Tables {
    use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
    let card = place.portal.stack().card();
    let key = &card.functions_key;
    let credentials = aws_credential_types::Credentials::new(&key.id, &key.secret, None, None, "test");
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(card.region.clone()))
        .credentials_provider(credentials)
        .endpoint_url(&card.dynamodb_endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Tables::from_conf(config.build())
}

/// Everything that the tables hold, printed.
async fn all_items(place: &Place) -> String {
    let (tables, names) = (tables(place), &place.portal.stack().card().tables);
    let mut printed = String::new();
    for name in [&names.platform, &names.tenants, &names.events] {
        let mut items = tables.scan().table_name(name).into_paginator().items().send();
        while let Some(item) = items.next().await {
            printed.extend(item.unwrap().values().map(shown));
        }
    }
    printed
}

/// Bytes as the text that they may be.
fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::B(bytes) => String::from_utf8_lossy(bytes.as_ref()).into_owned(),
        AttributeValue::M(map) => map.values().map(shown).collect(),
        AttributeValue::L(list) => list.iter().map(shown).collect(),
        value => format!("{value:?}"),
    }
}

async fn reason(place: &Place, id: &str) -> AttributeValue {
    let call = tables(place).get_item().table_name(&place.portal.stack().card().tables.tenants);
    let call = call.key("pk", AttributeValue::S(format!("{}#QUOTA-REQUESTS", place.org)));
    call.key("sk", AttributeValue::S(id.to_owned())).send().await.unwrap().item.unwrap()["reason"].clone()
}

async fn put_reason(place: &Place, id: &str, reason: AttributeValue) {
    let call = tables(place).update_item().table_name(&place.portal.stack().card().tables.tenants);
    let call = call.key("pk", AttributeValue::S(format!("{}#QUOTA-REQUESTS", place.org)));
    let call = call.key("sk", AttributeValue::S(id.to_owned())).update_expression("SET reason = :reason");
    let _ = call.expression_attribute_values(":reason", reason).send().await.unwrap();
}

/// Asks the function as it is without Vault and without any data key, on the same tables.
async fn without_vault(place: &Place, method: &str, path: &str, body: Value) -> (u16, Value, bool) {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    with_vault_at(place, &format!("http://{closed}"), method, path, body).await
}

async fn with_vault_at(place: &Place, address: &str, method: &str, path: &str, body: Value) -> (u16, Value, bool) {
    let config = vault::Config {
        address: address.to_owned(),
        login: vault::Login::Token(vault::Secret::new(b"none".to_vec())),
        mount_kv: "secret".to_owned(),
        mount_transit: "transit".to_owned(),
    };
    let vault = vault::Vault::new(config, Arc::new(start::monotonic)).unwrap_or_else(|fault| panic!("{fault}"));
    let settings = api::Settings { public_url: place.portal.stack().card().api.clone() };
    let core = api::Core { store: place.store().clone(), settings, clock: start::clock, random: start::random };
    let sealer = Sealer::new(vault, Arc::new(start::monotonic));
    let router = api::finish(quotas::router(quotas::App { core: core.clone(), sealer }), &core);
    let signed_in = place.portal.visitor().try_sign_in("admin@acme.example", PASSWORD).await.expect_status(201);
    let request = http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {}", signed_in.text("token")));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (head, body) = router.oneshot(request.body(axum::body::Body::from(body)).unwrap()).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let retry = head.headers.contains_key("retry-after");
    (head.status.as_u16(), serde_json::from_slice(&bytes).unwrap(), retry)
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_and_notes_lie_in_no_table_as_they_were_typed_and_are_shown_as_they_were() {
    let place = Place::start().await;
    for who in ["member", "operator"] {
        place.limit(who, json!({ "monthly": 0 })).await;
    }
    let admin = place.client("admin");
    let _ = admin.post(&place.at("top-ups"), place.top_up("operator", 5)).await.expect_status(201);
    let id = place.ask("member", "member", 5).await;
    let denied =
        admin.post(&place.at(&format!("quota-requests/{id}/deny")), json!({ "note": "no secret merger" })).await;
    let _ = denied.expect_status(200);
    let again = place.ask("member", "member", 6).await;
    let approved = admin.post(&place.at(&format!("quota-requests/{again}/approve")), json!({})).await;
    let _ = approved.expect_status(200);
    let items = all_items(&place).await;
    assert!(items.contains(&id) && !items.contains("merger"));
    let requests = place.items(admin, "quota-requests").await;
    assert_eq!([&requests[0]["reason"], &requests[1]["reason"]], ["a secret merger", "a secret merger"]);
    assert_eq!(requests[1]["note"], "no secret merger");
    assert!(requests.iter().all(|one| one["reason_left_out"].is_null() && one["note_left_out"].is_null()));
    let given = place.items(admin, "top-ups").await;
    assert_eq!((&given[0]["reason"], &given[0]["reason_left_out"]), (&Value::Null, &json!("in_request")));
    assert_eq!(given[0]["request_id"], json!(again));
    assert_eq!((&given[1]["reason"], &given[1]["reason_left_out"]), (&json!("a secret merger"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_vault_everything_answers_without_the_words_and_only_saying_some_has_to_wait() {
    let place = Place::start().await;
    for who in ["member", "operator", "admin", "p-admin"] {
        place.limit(who, json!({ "monthly": 0 })).await;
    }
    let admin = place.client("admin");
    let _ = admin.post(&place.at("top-ups"), place.top_up("p-admin", 5)).await.expect_status(201);
    let ids = [place.ask("member", "member", 5).await, place.ask("operator", "operator", 5).await];
    for list in ["quota-requests", "top-ups", &format!("quota-requests/{}", ids[0])] {
        let (status, seen, _) = without_vault(&place, "GET", &place.at(list), Value::Null).await;
        let one = if seen["items"].is_array() { &seen["items"][0] } else { &seen };
        assert_eq!(
            (status, &one["reason"], &one["reason_left_out"]),
            (200, &Value::Null, &json!("unavailable")),
            "{list}"
        );
    }
    let paths = ids.each_ref().map(|id| place.at(&format!("quota-requests/{id}")));
    let steps = [
        (format!("{}/approve", paths[0]), json!({}), 200),
        (format!("{}/deny", paths[1]), json!({ "note": "words" }), 503),
        (format!("{}/deny", paths[1]), json!({}), 200),
        (place.at("top-ups"), place.top_up("p-admin", 5), 503),
        (place.at("quota-requests"), place.request("admin", 5), 503),
    ];
    for (path, body, expected) in steps {
        let (status, seen, retry) = without_vault(&place, "POST", &path, body).await;
        assert_eq!((status, retry), (expected, expected == 503), "{path}: {seen}");
    }
    assert_eq!(place.items(admin, "top-ups").await.len(), 2, "what had to wait left nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_of_earlier_stays_readable_and_one_that_was_moved_does_not_open() {
    let place = Place::start().await;
    for who in ["member", "operator"] {
        place.limit(who, json!({ "monthly": 0 })).await;
    }
    let (one, other) = (place.ask("member", "member", 5).await, place.ask("operator", "operator", 5).await);
    let (sealed, theirs) = (reason(&place, &one).await, reason(&place, &other).await);
    assert!(matches!(&sealed, AttributeValue::B(_)) && sealed != theirs);
    let shown = async |id: &str| {
        let seen =
            place.client("admin").get(&place.at(&format!("quota-requests/{id}"))).await.expect_status(200).json();
        (seen["reason"].clone(), seen["reason_left_out"].clone())
    };
    put_reason(&place, &other, sealed).await;
    assert_eq!(shown(&other).await, (Value::Null, json!("unreadable")));
    put_reason(&place, &other, theirs).await;
    assert_eq!(shown(&other).await, (json!("a secret merger"), Value::Null));
    put_reason(&place, &other, AttributeValue::S("typed long ago".to_owned())).await;
    assert_eq!(shown(&other).await, (json!("typed long ago"), Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_the_right_makes_vault_work() {
    let place = Place::start().await;
    let foreign = place.client("owner@beta.example");
    let _ = foreign.post(&place.at("top-ups"), place.top_up("project", 5)).await.expect_status(404);
    let _ = place.client("member").post(&place.at("top-ups"), place.top_up("project", 5)).await.expect_status(403);
    let none = "/v1/organizations/org_01JZA000000000000000000000/top-ups";
    let _ = foreign.post(none, place.top_up("organization", 5)).await.expect_status(404);
}

/// What is never asked cannot be slow: nobody even connects to a Vault that would take its time.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_vault_costs_routes_without_words_nothing() {
    let place = Place::start().await;
    place.limit("member", json!({ "monthly": 5 })).await;
    let slow = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    slow.set_nonblocking(true).unwrap();
    let address = format!("http://{}", slow.local_addr().unwrap());
    for path in ["quotas/effective", "quotas", "quota-defaults"] {
        let (status, seen, _) = with_vault_at(&place, &address, "GET", &place.at(path), Value::Null).await;
        assert_eq!(status, 200, "{path}: {seen}");
    }
    assert_eq!(slow.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "Vault was asked");
}
