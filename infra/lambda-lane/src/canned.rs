//! Makes canned invocations for routes and triggers that have none yet, in the shapes that AWS sends.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use crate::cases::{self, Expected};
use crate::template::{DEFAULT, Function, Route, Trigger};

const ULID: &str = "01JD3ZW8Q4M8S9C7X6V5B4N3M2";

/// Writes what is missing in `events/<function>/`; what is there stays as it is. Says how many files it wrote.
pub(crate) fn write(function: &Function, events: &Path) -> Result<usize> {
    let folder = events.join(&function.name);
    std::fs::create_dir_all(&folder)?;
    let mut expected = cases::expectations(&folder)?;
    let mut written = 0;
    let routes = function.routes.iter().map(|route| (file_name(route), request(route), Expected::Status(401)));
    let triggers = function.triggers.iter().map(|trigger| (trigger_name(trigger), wake(trigger), Expected::Done));
    for (name, event, usual) in routes.chain(triggers) {
        expected.entry(name.clone()).or_insert(usual);
        let path = folder.join(format!("{name}.json"));
        if !path.exists() {
            std::fs::write(path, format!("{event:#}\n"))?;
            written += 1;
        }
    }
    let lines = expected.iter().fold(String::new(), |mut lines, (name, expected)| {
        let _ = writeln!(lines, "{name}: {expected}");
        lines
    });
    std::fs::write(folder.join("expect.txt"), lines)?;
    Ok(written)
}

/// `GET /v1/organizations/{org}` is `get-organizations-org`.
fn file_name(route: &Route) -> String {
    if route.path == DEFAULT {
        return "default".to_owned();
    }
    let path = route.path.trim_start_matches("/v1").replace(['{', '}', '+'], "");
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let rest = if segments.is_empty() { "root".to_owned() } else { segments.join("-") };
    format!("{}-{rest}", route.method.to_lowercase())
}

fn trigger_name(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Object { prefix, suffix } => {
            format!("{prefix} {suffix}").replace(['/', '.'], " ").split_whitespace().collect::<Vec<_>>().join("-")
        }
        Trigger::Stream { table } => format!("stream-{table}"),
        Trigger::Mail { kind } => kind.to_lowercase().replace(' ', "-"),
        Trigger::Schedule => "schedule".to_owned(),
    }
}

/// A request of API Gateway's payload format 2.0, without a session.
fn request(route: &Route) -> Value {
    let (method, pattern) = match route.path.as_str() {
        DEFAULT => ("GET", "/v1/nothing-is-here"),
        path => (route.method.as_str(), path),
    };
    let parameters: Vec<&str> =
        pattern.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
    let path =
        parameters.iter().fold(pattern.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), sample(name)));
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key(),
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "host": "portal.example.com", "user-agent": "canned", "x-forwarded-for": "203.0.113.7" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "canned",
            "domainName": "portal.example.com",
            "domainPrefix": "portal",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "canned",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": route.key(),
            "stage": "$default",
            "time": "23/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_435_200_000_u64,
        },
        "isBase64Encoded": false,
    });
    if let Some(fields) = event.as_object_mut() {
        let named = parameters.iter().map(|name| (name.trim_end_matches('+').to_owned(), json!(sample(name))));
        let named: serde_json::Map<String, Value> = named.collect();
        if !named.is_empty() {
            fields.insert("pathParameters".to_owned(), Value::Object(named));
        }
        if matches!(method, "POST" | "PUT" | "PATCH") {
            fields.insert("body".to_owned(), json!("{}"));
        }
    }
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut)
        && method != "GET"
    {
        headers.insert("content-type".to_owned(), json!("application/json"));
    }
    event
}

/// A path parameter that could be one.
fn sample(name: &str) -> &'static str {
    match name {
        "org" => "org_01JD3ZW8Q4M8S9C7X6V5B4N3M2",
        "user" => "usr_01JD3ZW8Q4M8S9C7X6V5B4N3M2",
        "project" => "prj_01JD3ZW8Q4M8S9C7X6V5B4N3M2",
        "import" => "imp_01JD3ZW8Q4M8S9C7X6V5B4N3M2",
        "notification" => "ntc_01JD3ZW8Q4M8S9C7X6V5B4N3M2",
        "month" => "2026-11",
        "session" => "current",
        "suppression" => "sup_2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE",
        "proxy+" => "organizations",
        _ => ULID,
    }
}

fn wake(trigger: &Trigger) -> Value {
    match trigger {
        Trigger::Object { prefix, suffix } => object(&format!("{prefix}{}{suffix}", middle(prefix, suffix))),
        Trigger::Stream { table } => record(table),
        Trigger::Mail { kind } => mail(kind),
        Trigger::Schedule => json!({
            "version": "0",
            "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": "2026-11-23T12:00:00Z",
            "region": "eu-central-1",
            "resources": ["arn:aws:events:eu-central-1:123456789012:rule/lane-sweep"],
            "detail": {},
        }),
    }
}

/// What is told of a mail that nobody knows, without what is particular to the kind: such a case is written by hand.
fn mail(kind: &str) -> Value {
    json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": kind,
        "source": "aws.ses",
        "account": "123456789012",
        "time": "2026-11-23T12:00:05Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:ses:eu-central-1:123456789012:configuration-set/lane-mail"],
        "detail": {
            "eventType": "Send",
            "mail": {
                "timestamp": "2026-11-23T12:00:00.123Z",
                "messageId": "0107019ab1c2d3e4-5f6a7b8c-9d0e-4f1a-8b2c-3d4e5f6a7b8c-000000",
                "destination": ["canned@example.com"],
                "tags": { "deployment": ["lane-"], "event": [format!("evt_{ULID}")] },
            },
            "send": {},
        },
    })
}

/// An object's name between what the template's filter gives: of an import nobody knows.
fn middle(prefix: &str, suffix: &str) -> String {
    match (prefix, suffix.starts_with('/')) {
        ("imports/", true) => format!("imp_{ULID}"),
        ("imports/", false) => format!("imp_{ULID}/chunks/0001"),
        ("drops/", _) => "people.xlsx".to_owned(),
        _ => "people".to_owned(),
    }
}

/// A record of a change that no function of this stream has anything to do with: what lies in a table is the function's to
/// know, so a case with an item is written by hand.
fn record(table: &str) -> Value {
    json!({ "Records": [{
        "eventID": "1",
        "eventVersion": "1.1",
        "dynamodb": {
            "Keys": { "pk": { "S": "canned" }, "sk": { "S": "canned" } },
            "SequenceNumber": "111",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "awsRegion": "eu-central-1",
        "eventName": "REMOVE",
        "eventSourceARN": format!("arn:aws:dynamodb:eu-central-1:123456789012:table/lane-{table}/stream/2026-11-23T12:00:00.000"),
        "eventSource": "aws:dynamodb",
    }] })
}

fn object(key: &str) -> Value {
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": "2026-11-23T12:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": { "principalId": "AWS:canned" },
        "requestParameters": { "sourceIPAddress": "203.0.113.7" },
        "responseElements": { "x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "C3D13FE58DE4C810" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "import-worker",
            "bucket": {
                "name": "lane-files",
                "ownerIdentity": { "principalId": "A3NL1KOZZKExample" },
                "arn": "arn:aws:s3:::lane-files",
            },
            "object": { "key": key, "size": 1024, "eTag": "d41d8cd98f00b204e9800998ecf8427e", "sequencer": "0055AED6DCD90281E5" },
        },
    }] })
}
