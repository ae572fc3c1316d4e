//! Bodies.

use contract::{Operation, operations};
use journeys::Answer;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Bench, Target};

const JSON: &str = "application/json";

impl Target {
    async fn send(&self, kind: &str, body: Vec<u8>) -> Answer {
        let client = match &self.ask.if_match {
            Some(tag) => self.client.with("if-match", tag),
            None => self.client.clone(),
        };
        client.send_bytes(self.operation.method.clone(), &self.ask.path(&self.operation), Some((kind, body))).await
    }

    fn body(&self) -> Vec<u8> {
        self.ask.body.clone().unwrap_or_else(|| json!({})).to_string().into_bytes()
    }

    fn fields(&self) -> serde_json::Map<String, Value> {
        self.ask.body.as_ref().and_then(Value::as_object).cloned().unwrap_or_default()
    }
}

fn with_bodies() -> Vec<Operation> {
    operations().into_iter().filter(|one| one.changes() && one.method != Method::DELETE).collect()
}

fn shapes(target: &Target) -> Vec<(&'static str, Vec<u8>)> {
    let valid = String::from_utf8(target.body()).unwrap();
    let begun = valid.trim_end_matches('}').to_owned() + if valid == "{}" { "" } else { "," };
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    vec![
        ("cut off", valid.trim_end_matches('}').to_owned().into_bytes()),
        ("blank", b" ".to_vec()),
        ("not JSON", b"name=Acme".to_vec()),
        ("an array", b"[]".to_vec()),
        ("an array with it", format!("[{valid}]").into_bytes()),
        (
            "an array of its values",
            Value::from_iter(target.fields().into_iter().map(|(_, value)| value)).to_string().into_bytes(),
        ),
        ("an array behind a blank", b"\n [\"Acme\"]".to_vec()),
        ("a text", b"\"text\"".to_vec()),
        ("a number", b"1".to_vec()),
        ("true", b"true".to_vec()),
        ("null", b"null".to_vec()),
        ("an unknown field", format!("{begun}\"surprise\":1}}").into_bytes()),
        ("__proto__", format!("{begun}\"__proto__\":{{}}}}").into_bytes()),
        ("something behind it", format!("{valid}x").into_bytes()),
        ("two of it", format!("{valid}{valid}").into_bytes()),
        ("a comment", format!("/* */{valid}").into_bytes()),
        ("a mark of byte order", [b"\xEF\xBB\xBF", valid.as_bytes()].concat()),
        ("UTF-16", valid.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("no UTF-8", [valid.trim_end_matches('}').as_bytes(), b",\"\xFF\xFE\":1}"].concat()),
        ("10,000 arrays", nested.clone().into_bytes()),
        ("10,000 objects", objects.into_bytes()),
        ("10,000 arrays in a field", format!("{begun}\"surprise\":{nested}}}").into_bytes()),
        ("NUL", [valid.as_bytes(), b"\0"].concat()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_the_wrong_shape_is_refused_by_every_operation() {
    let mut bench = Bench::start().await;
    for operation in with_bodies() {
        let target = bench.target(&operation).await;
        for (what, body) in shapes(&target) {
            let _ = bench.proxy().take_log();
            let answer = target.send(JSON, body).await;
            bench.check(&format!("{}: {what}", target.operation), &[400], &answer);
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_or_of_another_media_type_is_refused_by_every_operation() {
    let mut bench = Bench::start().await;
    for operation in with_bodies() {
        let target = bench.target(&operation).await;
        let valid = target.body();
        for size in [256 * 1024 + 1, 3 * 1024 * 1024] {
            let mut body = vec![b' '; size];
            body[..valid.len()].copy_from_slice(&valid);
            let answer = target.send(JSON, body).await;
            bench.check(&format!("{}: {size} bytes", target.operation), &[413], &answer);
        }
        for kind in
            ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json", "application/xml", ""]
        {
            let answer = target.send(kind, valid.clone()).await;
            bench.check(&format!("{}: {kind}", target.operation), &[415], &answer);
        }
        if target.operation.method != Method::PATCH {
            let answer = target.send("application/merge-patch+json", valid).await;
            bench.check(&format!("{}: a merge patch", target.operation), &[415], &answer);
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

/// Values that no field takes, as JSON text: `serde_json` cannot hold all of them.
fn values(was: &Value) -> Vec<String> {
    let long = format!("\"{}\"", "x".repeat(100_000));
    let texts = [
        "\"a\\u0000b\"",
        "\"a\\u0007b\"",
        "\"\\u001b[31m\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"a\\u2028\\nb\"",
        "\"\"",
        "\"\\u200b\\u202e\"",
    ];
    let listed = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    match was {
        Value::Number(_) => {
            return listed(&["-1", "1.5", "1e400", "9007199254740992", "\"1\"", "[]", "{}", "true", "null"]);
        }
        Value::Array(_) => {
            return listed(&["12345", "\"a\"", "{}", "true", "null", "[12345]", "[\"a\"]", "[[]]", "[{}]"]);
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Object(_) => {}
    }
    let mut all: Vec<String> = ["12345", "-1", "1e400", "[]", "[\"a\"]"].map(str::to_owned).into();
    match was {
        Value::String(_) => {
            all.extend(texts.map(str::to_owned).into_iter().chain([long, "{}".to_owned(), "true".to_owned()]))
        }
        Value::Bool(_) => all.extend(["\"true\"".to_owned(), "{}".to_owned(), "null".to_owned()]),
        Value::Object(_) => all.extend([
            "{\"a\":1}".to_owned(),
            "{\"a\":{\"b\":{}}}".to_owned(),
            "{\"\":\"x\"}".to_owned(),
            format!("{{\"{}\":\"x\"}}", "k".repeat(65)),
            format!("{{\"a\":\"{}\"}}", "v".repeat(513)),
            "{\"a\\u0000\":\"x\"}".to_owned(),
        ]),
        other => panic!("nothing is known against {other}"),
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_the_wrong_type_or_out_of_its_bounds_is_refused_by_every_operation() {
    let mut bench = Bench::start().await;
    for operation in with_bodies() {
        let target = bench.target(&operation).await;
        for (name, was) in target.fields() {
            for value in values(&was) {
                // A text of any kind may be a password, or free; what is then wrong with it is the operation's to say.
                let free = ["password", "current_password", "new_password", "confirm"].contains(&name.as_str());
                let empties = value == "\"\"" && (name == "description" || name == "display_name");
                // Without a number there is no limit, a key never turns by itself, or the one that follows from the request.
                let unlimited = value == "null" && ["daily", "limit", "rotate_every_days"].contains(&name.as_str());
                // What parameters are called is bounded, what they are is the provider's to say.
                let parameter = name == "parameters" && value.starts_with("{\"a\":");
                // Models have names of up to 128 characters.
                let model = name == "instead" && value.contains(&"k".repeat(65));
                // Headers have names of up to 100 characters, and longer values.
                let header =
                    name == "headers" && ["k".repeat(65), "v".repeat(513)].iter().any(|long| value.contains(long));
                if empties || unlimited || parameter || model || header || (free && value.starts_with('"')) {
                    continue;
                }
                let others = target.fields().into_iter().filter(|(other, _)| *other != name);
                let mut pairs: Vec<String> = others.map(|(other, value)| format!("{}:{value}", json!(other))).collect();
                pairs.push(format!("{}:{value}", json!(name)));
                let _ = bench.proxy().take_log();
                let answer = target.send(JSON, format!("{{{}}}", pairs.join(",")).into_bytes()).await;
                let told: String = value.chars().take(30).collect();
                bench.check(&format!("{}: {name} = {told}", target.operation), &[400, 422], &answer);
                pairs.push(format!("{}:{was}", json!(name)));
                let answer = target.send(JSON, format!("{{{}}}", pairs.join(",")).into_bytes()).await;
                bench.check(&format!("{}: {name} twice", target.operation), &[400, 422], &answer);
            }
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_metadata_take_objects_of_their_own_fields_alone() {
    let mut bench = Bench::start().await;
    for name in ["POST /v1/organizations", "PATCH /v1/organizations/{org}"] {
        let operation = operations().into_iter().find(|operation| operation.to_string() == name).unwrap();
        let target = bench.target(&operation).await;
        let pairs: serde_json::Map<String, Value> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
        for (field, value) in [
            ("settings", json!([])),
            ("settings", json!(["a", "b"])),
            ("settings", json!("a")),
            ("settings", json!({ "surprise": 1 })),
            ("settings", json!({ "default_model": "" })),
            ("settings", json!({ "default_model": 1 })),
            ("settings", json!({ "default_provider": "x".repeat(201) })),
            ("metadata", json!([])),
            ("metadata", json!([["a", "b"]])),
            ("metadata", json!("a")),
            ("metadata", Value::Object(pairs)),
            ("slug", json!("Not a Slug")),
            ("slug", json!("-")),
            ("slug", json!("x".repeat(500))),
            ("name", json!(" \t ")),
            ("name", json!("x".repeat(121))),
        ] {
            let mut body = target.fields();
            body.insert(field.to_owned(), value.clone());
            let answer = target.send(JSON, Value::Object(body).to_string().into_bytes()).await;
            let told: String = value.to_string().chars().take(40).collect();
            bench.check(&format!("{name}: {field} = {told}"), &[400, 422], &answer);
        }
    }
    bench.conclude();
}
