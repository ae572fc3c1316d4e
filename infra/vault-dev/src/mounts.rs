//! The mount table: `sys/mounts` and `sys/auth`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::{Outcome, Refusal, Reply};
use crate::approle::AppRoles;
use crate::ask::{Ask, Fields, Operation};
use crate::kv::Store;
use crate::ledger::{Engine, Ledger};
use crate::random;
use crate::transit::Keyring;

/// One mounted engine.
#[derive(Serialize, Deserialize)]
pub(crate) struct Mount {
    kind: String,
    accessor: String,
    uuid: String,
    description: String,
    options: Value,
    pub(crate) engine: Engine,
}

/// Which of the two tables a path speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Table {
    Secrets,
    Logins,
}

/// `sys/mounts`, `sys/auth` and what is under them; `name` is the rest of the path.
pub(crate) fn handle(ledger: &mut Ledger, ask: &Ask, table: Table, name: &str) -> Outcome {
    let name = format!("{}/", name.trim_matches('/'));
    match (ask.operation, name.as_str()) {
        (Operation::Read, "/") => Ok(Reply::Doubled(print(ledger, table))),
        (_, "/") => Err(Refusal::unsupported_operation()),
        (Operation::Read, _) => read(ledger, table, &name),
        (Operation::Write, _) => mount(ledger, &ask.fields, table, name),
        (Operation::Delete, _) => unmount(ledger, table, &name),
        (Operation::List, _) => Err(Refusal::unsupported_operation()),
    }
}

/// The mount whose path begins the given one, and the rest.
pub(crate) fn resolve<'a>(ledger: &Ledger, path: &'a str) -> Option<(String, &'a str)> {
    let begins = |name: &&String| path.starts_with(name.as_str()) || *name.trim_end_matches('/') == *path;
    let name = ledger.mounts.keys().filter(begins).max_by_key(|name| name.len())?;
    Some((name.clone(), path.get(name.len()..).unwrap_or_default()))
}

/// The mounts of a fresh server.
pub(crate) fn first() -> Result<BTreeMap<String, Mount>, Refusal> {
    let kv = json!({"version": "2"});
    Ok(BTreeMap::from([
        (
            "cubbyhole/".to_owned(),
            Mount::new("cubbyhole", "per-token private secret storage", Value::Null, Engine::Named)?,
        ),
        ("identity/".to_owned(), Mount::new("identity", "identity store", Value::Null, Engine::Named)?),
        ("secret/".to_owned(), Mount::new("kv", "key/value secret storage", kv, Engine::Kv(Store::default()))?),
        (
            "sys/".to_owned(),
            Mount::new(
                "system",
                "system endpoints used for control, policy and debugging",
                Value::Null,
                Engine::Named,
            )?,
        ),
    ]))
}

/// The login methods of a fresh server.
pub(crate) fn first_logins() -> Result<BTreeMap<String, Mount>, Refusal> {
    let token = Mount::new("token", "token based credentials", Value::Null, Engine::Named)?;
    Ok(BTreeMap::from([("token/".to_owned(), token)]))
}

impl Mount {
    fn new(kind: &str, description: &str, options: Value, engine: Engine) -> Result<Self, Refusal> {
        Ok(Self {
            kind: kind.to_owned(),
            accessor: format!("{kind}_{}", random::hex(&random::bytes::<4>()?)),
            uuid: random::uuid()?,
            description: description.to_owned(),
            options,
            engine,
        })
    }

    fn print(&self) -> Value {
        let config = if self.kind == "system" {
            json!({"default_lease_ttl": 0, "max_lease_ttl": 0, "force_no_cache": false, "passthrough_request_headers": ["Accept"]})
        } else {
            json!({"default_lease_ttl": 0, "max_lease_ttl": 0, "force_no_cache": false})
        };
        json!({
            "accessor": self.accessor, "config": config, "description": self.description,
            "external_entropy_access": false, "local": self.kind == "cubbyhole", "options": self.options,
            "seal_wrap": false, "type": self.kind, "uuid": self.uuid,
        })
    }
}

fn print(ledger: &Ledger, table: Table) -> Map<String, Value> {
    ledger.mounts_of(table).iter().map(|(name, mount)| (name.clone(), mount.print())).collect()
}

fn read(ledger: &Ledger, table: Table, name: &str) -> Outcome {
    let mount =
        ledger.mounts_of(table).get(name).ok_or_else(|| Refusal::bad(format!("No secret engine mount at {name}")))?;
    match mount.print() {
        Value::Object(members) => Ok(Reply::Doubled(members)),
        _ => Err(Refusal::absent()),
    }
}

fn mount(ledger: &mut Ledger, fields: &Fields, table: Table, name: String) -> Outcome {
    let kind = fields.text("type").ok_or_else(|| Refusal::bad("backend type must be specified as a string"))?;
    let options = fields.get("options").cloned().unwrap_or_else(|| json!({}));
    if ledger.mounts_of(table).contains_key(&name) {
        return Err(Refusal::bad(format!("path is already in use at {name}")));
    }
    let (kind, options, engine) = match (table, kind) {
        (Table::Secrets, "transit") => (kind, options, Engine::Transit(Keyring::default())),
        (Table::Secrets, "kv-v2") => ("kv", json!({"version": "2"}), Engine::Kv(Store::default())),
        (Table::Secrets, "kv") if options.get("version").is_some_and(|version| version == "2") => {
            (kind, options, Engine::Kv(Store::default()))
        }
        (Table::Secrets, "kv") => return Err(Refusal::bad("this development server has version 2 of kv only")),
        (Table::Logins, "approle") => (kind, options, Engine::AppRole(AppRoles::default())),
        _ => return Err(Refusal::bad(format!("plugin not found in the catalog: {kind}"))),
    };
    let made = Mount::new(kind, fields.text("description").unwrap_or_default(), options, engine)?;
    ledger.mounts_mut(table, &name).insert(name, made);
    Ok(Reply::Nothing)
}

fn unmount(ledger: &mut Ledger, table: Table, name: &str) -> Outcome {
    if ledger.mounts_of(table).get(name).is_some_and(|mount| matches!(mount.engine, Engine::Named)) {
        return Err(Refusal::bad(format!("cannot unmount {name:?}")));
    }
    ledger.mounts_mut(table, name).remove(name);
    Ok(Reply::Nothing)
}
