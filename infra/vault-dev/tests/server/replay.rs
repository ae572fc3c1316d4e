//! The recorded exchanges with a real Vault, one after the other on a fresh server.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::client::{ROOT, Vault};

#[derive(Deserialize)]
struct Exchange {
    note: String,
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
    token: Option<String>,
    headers: BTreeMap<String, String>,
    body: Value,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    body: Value,
}

/// What differs between two servers, or between two runs of one: only its type is compared.
const VARYING: &[&str] = &[
    "request_id",
    "accessor",
    "uuid",
    "cluster_id",
    "cluster_name",
    "server_time_utc",
    "created_time",
    "updated_time",
    "creation_time",
    "expire_time",
    "issue_time",
    "entity_id",
    "secret_id_accessor",
    "random_bytes",
    "public_key",
];

/// Notes after which the recording waited for something to expire, with the milliseconds.
const WAITS: &[(&str, i64)] = &[("renew oneself", 3100), ("wrapped read, short", 1100)];

#[tokio::test]
async fn every_recorded_exchange_is_answered_as_the_real_server_answered() {
    let exchanges: Vec<Exchange> = serde_json::from_str(include_str!("../fixtures/exchanges.json")).unwrap();
    assert_eq!(exchanges.len(), 124);
    let vault = Vault::start(None).await;
    let mut saved = BTreeMap::new();
    let mut differences = Vec::new();
    for exchange in &exchanges {
        vault.pass(1);
        let found = replay(&vault, exchange, &mut saved).await;
        differences.extend(found.into_iter().map(|difference| format!("{}: {difference}", exchange.note)));
        if let Some((_, wait)) = WAITS.iter().find(|(note, _)| *note == exchange.note) {
            vault.pass(*wait);
        }
    }
    assert_eq!(differences, [""; 0]);
}

async fn replay(vault: &Vault, exchange: &Exchange, saved: &mut BTreeMap<String, String>) -> Vec<String> {
    let Request { method, path, token, headers, body } = &exchange.request;
    tamper(saved);
    let token = token.as_deref().map(|name| match name {
        "root" => ROOT.to_owned(),
        name => saved.get(name).cloned().unwrap_or_else(|| name.to_owned()),
    });
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (status, answer) = vault.send(method, path, token.as_deref(), &headers, &fill(body, saved)).await;
    let mut differences = Vec::new();
    if status != exchange.response.status {
        differences.push(format!("status {status} instead of {}", exchange.response.status));
    }
    compare("", &exchange.response.body, &answer, saved, &mut differences);
    differences
}

/// `{bad}` is not an answer but `{ct}` with its last byte changed.
fn tamper(saved: &mut BTreeMap<String, String>) {
    if let Some(good) = saved.get("ct") {
        let (head, tail) = good.split_at(good.len() - 3);
        let turned = if tail.starts_with('A') { 'B' } else { 'A' };
        saved.insert("bad".to_owned(), format!("{head}{turned}{}", &tail[1..]));
    }
}

fn name_of(text: &str) -> Option<&str> {
    text.strip_prefix('{')?.strip_suffix('}')
}

fn fill(value: &Value, saved: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => Value::String(name_of(text).map_or_else(|| text.clone(), |name| saved[name].clone())),
        Value::Array(items) => items.iter().map(|item| fill(item, saved)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), fill(value, saved))).collect())
        }
        other => other.clone(),
    }
}

fn compare(
    at: &str,
    recorded: &Value,
    given: &Value,
    saved: &mut BTreeMap<String, String>,
    differences: &mut Vec<String>,
) {
    let key = at.rsplit('/').next().unwrap_or_default();
    match (recorded, given) {
        (Value::Object(recorded), Value::Object(given)) => compare_members(at, recorded, given, saved, differences),
        (Value::Array(recorded), Value::Array(given)) if recorded.len() == given.len() => {
            for (number, (recorded, given)) in recorded.iter().zip(given).enumerate() {
                compare(&format!("{at}/{number}"), recorded, given, saved, differences);
            }
        }
        (Value::String(recorded), Value::String(given)) => compare_texts(at, key, recorded, given, saved, differences),
        (Value::Number(_), Value::Number(_)) if VARYING.contains(&key) || at.starts_with("/data/keys/") => {}
        (recorded, given) if recorded == given => {}
        _ => differences.push(format!("{at}: {given} instead of {recorded}")),
    }
}

fn compare_members(
    at: &str,
    recorded: &Map<String, Value>,
    given: &Map<String, Value>,
    saved: &mut BTreeMap<String, String>,
    differences: &mut Vec<String>,
) {
    let names: Vec<_> = recorded.keys().collect();
    let given_names: Vec<_> = given.keys().collect();
    if names != given_names {
        differences.push(format!("{at}: members {given_names:?} instead of {names:?}"));
    }
    for (name, value) in recorded {
        // Names of mounts end with `/` and paths contain it: they are one step all the same.
        let step = name.trim_matches('/').replace('/', "~");
        compare(&format!("{at}/{step}"), value, given.get(name).unwrap_or(&Value::Null), saved, differences);
    }
}

fn compare_texts(
    at: &str,
    key: &str,
    recorded: &str,
    given: &str,
    saved: &mut BTreeMap<String, String>,
    differences: &mut Vec<String>,
) {
    if let Some(name) = name_of(recorded) {
        let earlier = saved.entry(name.to_owned()).or_insert_with(|| given.to_owned());
        if earlier != given {
            differences.push(format!("{at}: another value than the earlier {recorded}"));
        }
        return;
    }
    let prefix = |text: &str| text.strip_prefix("vault:v").and_then(|rest| rest.split(':').next().map(str::to_owned));
    let varies = VARYING.contains(&key)
        || (key == "deletion_time" && !recorded.is_empty())
        || at == "/wrap_info/token"
        || at == "/data/plaintext" && recorded.len() == 24;
    let alike = if prefix(recorded).is_some() {
        prefix(recorded) == prefix(given) && recorded.len() == given.len()
    } else if varies {
        recorded.is_empty() == given.is_empty()
    } else {
        recorded == given
    };
    if !alike {
        differences.push(format!("{at}: {given:?} instead of {recorded:?}"));
    }
}
