//! Policies: their text, what it says, and the routes that write and read them.

use std::collections::BTreeMap;

use hcl::{Body, Expression};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::acl::{Capability, Rule, Wrapping};
use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::{Ask, Operation};
use crate::duration;
use crate::ledger::Ledger;

/// A policy as it was written, and the rules read from it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Policy {
    text: String,
    pub(crate) rules: Vec<Rule>,
}

/// What every token may do unless it was made without the policy `default`.
const DEFAULT: &str = r#"path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
"#;

const RESPONSE_WRAPPING: &str = r#"path "sys/wrapping/unwrap" { capabilities = ["update"] }
"#;

/// The policies of a fresh server.
pub(crate) fn first() -> Result<BTreeMap<String, Policy>, Refusal> {
    Ok(BTreeMap::from([
        ("default".to_owned(), Policy::parse(DEFAULT)?),
        ("response-wrapping".to_owned(), Policy::parse(RESPONSE_WRAPPING)?),
    ]))
}

/// `sys/policies/acl` and, with `legacy`, `sys/policy`; `name` is the rest of the path.
pub(crate) fn handle(ledger: &mut Ledger, ask: &Ask, name: &str, legacy: bool) -> Outcome {
    let name = name.trim_matches('/').to_lowercase();
    match (ask.operation, name.as_str()) {
        (Operation::Read | Operation::List, "") => Ok(list(ledger, legacy)),
        (_, "") => Err(Refusal::unsupported_operation()),
        (Operation::Read, _) => read(ledger, &name, legacy),
        (Operation::Write, _) => write(ledger, ask, name),
        (Operation::Delete, _) => delete(ledger, &name),
        (Operation::List, _) => Err(Refusal::unsupported_operation()),
    }
}

impl Policy {
    /// Reads HCL, or JSON when the text begins with `{`.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let rules = if text.trim_start().starts_with('{') { from_json(text) } else { from_hcl(text) };
        let rules = rules.map_err(|error| Refusal::bad(format!("failed to parse policy: {error}")))?;
        Ok(Self { text: text.to_owned(), rules })
    }
}

fn list(ledger: &Ledger, legacy: bool) -> Reply {
    let names: Vec<&str> = ledger
        .policies
        .keys()
        .map(String::as_str)
        .filter(|name| *name != "response-wrapping")
        .chain(["root"])
        .collect();
    if legacy { doubled(json!({"keys": names, "policies": names})) } else { Reply::Data(json!({"keys": names})) }
}

fn read(ledger: &Ledger, name: &str, legacy: bool) -> Outcome {
    let text = match ledger.policies.get(name) {
        Some(policy) => policy.text.as_str(),
        None if name == "root" => "",
        None => return Err(Refusal::absent()),
    };
    Ok(if legacy {
        doubled(json!({"name": name, "rules": text}))
    } else {
        Reply::Data(json!({"name": name, "policy": text}))
    })
}

fn write(ledger: &mut Ledger, ask: &Ask, name: String) -> Outcome {
    let text = ask.fields.text("policy").or_else(|| ask.fields.text("rules")).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Refusal::bad("'policy' parameter not supplied or empty"))?;
    if name == "root" || name == "response-wrapping" {
        return Err(Refusal::bad(format!("cannot update {name:?} policy")));
    }
    let policy = Policy::parse(text)?;
    ledger.policies_mut(&name).insert(name, policy);
    Ok(Reply::Nothing)
}

fn delete(ledger: &mut Ledger, name: &str) -> Outcome {
    if ["root", "default", "response-wrapping"].contains(&name) {
        return Err(Refusal::bad(format!("cannot delete {name:?} policy")));
    }
    ledger.policies_mut(name).remove(name);
    Ok(Reply::Nothing)
}

fn from_hcl(text: &str) -> Result<Vec<Rule>, String> {
    let body: Body = hcl::parse(text).map_err(|error| error.to_string())?;
    if let Some(stray) = body.attributes().next() {
        return Err(format!("invalid key {:?}", stray.key()));
    }
    body.blocks().map(rule_of_block).collect()
}

fn rule_of_block(block: &hcl::Block) -> Result<Rule, String> {
    let [label] = block.labels() else { return Err("a path block has one label".to_owned()) };
    if block.identifier() != "path" {
        return Err(format!("invalid key {:?}", block.identifier()));
    }
    let pattern = label.as_str();
    let (mut names, mut wrapping) = (Vec::new(), Wrapping::default());
    for attribute in block.body().attributes() {
        match (attribute.key(), attribute.expr()) {
            ("capabilities", Expression::Array(items)) => names.extend(items.iter().filter_map(text_of)),
            ("min_wrapping_ttl", expression) => wrapping.least = Some(seconds_of(pattern, expression)?),
            ("max_wrapping_ttl", expression) => wrapping.most = Some(seconds_of(pattern, expression)?),
            (key, _) => return Err(format!("path {pattern:?}: this development server does not know {key:?}")),
        }
    }
    if wrapping.most.is_some_and(|most| wrapping.least.is_some_and(|least| most < least)) {
        return Err(format!("path {pattern:?}: max_wrapping_ttl cannot be less than min_wrapping_ttl"));
    }
    Ok(Rule { wrapping, ..rule(pattern, names.into_iter())? })
}

fn seconds_of(pattern: &str, expression: &Expression) -> Result<u64, String> {
    let text = match expression {
        Expression::Number(number) => Some(number.to_string()),
        other => text_of(other).map(str::to_owned),
    };
    let seconds = text.and_then(|text| duration::parse(&text));
    seconds.ok_or_else(|| format!("path {pattern:?}: error parsing a wrapping TTL"))
}

fn text_of(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::String(text) => Some(text),
        _ => None,
    }
}

fn from_json(text: &str) -> Result<Vec<Rule>, String> {
    let body: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let paths = body.get("path").and_then(Value::as_object).ok_or("no paths")?;
    paths
        .iter()
        .map(|(pattern, block)| {
            rule(pattern, block["capabilities"].as_array().into_iter().flatten().filter_map(Value::as_str))
        })
        .collect()
}

fn rule<'a>(pattern: &str, names: impl Iterator<Item = &'a str>) -> Result<Rule, String> {
    let parse =
        |name: &str| Capability::parse(name).ok_or_else(|| format!("path {pattern:?}: invalid capability {name:?}"));
    Ok(Rule {
        pattern: pattern.trim_start_matches('/').to_owned(),
        capabilities: names.map(parse).collect::<Result<_, _>>()?,
        wrapping: Wrapping::default(),
    })
}

fn doubled(data: Value) -> Reply {
    match data {
        Value::Object(members) => Reply::Doubled(members),
        other => Reply::Data(other),
    }
}
