//! The login method approle: `auth/<mount>/role/*` and `auth/<mount>/login`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer::{Outcome, Refusal, Reply};
use crate::approle_role::Role;
use crate::ask::{Ask, Operation};
use crate::ledger::{Engine, Ledger};
use crate::tokens::{self, LIFE_SECONDS_MAX, Wish};

/// The roles of one mount, by name.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct AppRoles {
    pub(crate) roles: BTreeMap<String, Role>,
}

/// `route` is what follows `auth/`.
pub(crate) fn handle(ledger: &mut Ledger, ask: &Ask, route: &str, now: Timestamp) -> Outcome {
    let unknown = || Refusal::new(404, format!("no handler for route '{}'", ask.path));
    let (mount, rest) = split(ledger, route).ok_or_else(unknown)?;
    let rest = rest.trim_end_matches('/').strip_prefix("role").ok_or_else(Refusal::unsupported_path)?;
    let (name, part) = rest.trim_start_matches('/').split_once('/').unwrap_or((rest.trim_start_matches('/'), ""));
    match (ask.operation, name, part) {
        (Operation::List, "", _) => list(ledger.roles(&mount)?),
        (Operation::Read, _, "") => Ok(Reply::Data(role(ledger, &mount, name)?.print())),
        (Operation::Write, _, "") => {
            let roles = &mut ledger.roles_mut(&mount, name)?.roles;
            match roles.get_mut(name) {
                Some(role) => role.change(&ask.fields),
                None => create(roles, name, ask),
            }
        }
        (Operation::Delete, _, "") => {
            ledger.roles_mut(&mount, name)?.roles.remove(name);
            Ok(Reply::Nothing)
        }
        (Operation::Read, _, "role-id") => Ok(Reply::Data(json!({"role_id": role(ledger, &mount, name)?.role_id}))),
        (Operation::List, _, "secret-id") => role(ledger, &mount, name)?.accessors(),
        (Operation::Write, ..) => change(ledger, ask, &mount, name, part, now),
        _ => Err(Refusal::unsupported_path()),
    }
}

/// `auth/<mount>/login`; `mount` ends with `/`.
pub(crate) fn log_in(ledger: &mut Ledger, ask: &Ask, mount: &str, now: Timestamp) -> Outcome {
    let role_id = ask.fields.text("role_id").ok_or_else(|| Refusal::bad("missing role_id"))?;
    let named = |(_, role): &(&String, &Role)| role.role_id == role_id;
    let found = ledger.roles(mount)?.roles.iter().find(named).map(|(name, role)| (name.clone(), role.bind_secret_id));
    let (name, bound) = found.ok_or_else(|| Refusal::bad("invalid role ID"))?;
    if bound {
        let secret_id = ask
            .fields
            .text("secret_id")
            .filter(|id| !id.is_empty())
            .ok_or_else(|| Refusal::bad("missing secret_id"))?;
        let role = ledger.roles_mut(mount, &name)?.roles.get_mut(&name);
        role.filter(|role| role.bind_secret_id)
            .is_some_and(|role| role.use_secret_id(secret_id, now))
            .then_some(())
            .ok_or_else(|| Refusal::bad("invalid secret id"))?;
    }
    let wish = wish(role(ledger, mount, &name)?, name.clone(), ask);
    let token = tokens::issue(ledger, wish, now)?;
    Ok(Reply::Auth(token.auth(now)))
}

/// Whether a write to the route behind `auth/` would create a role.
pub(crate) fn is_absent(ledger: &Ledger, route: &str) -> bool {
    let Some((mount, rest)) = split(ledger, route) else { return false };
    let Some(name) = rest.strip_prefix("role/").filter(|name| !name.contains('/')) else { return false };
    ledger.roles(&mount).is_ok_and(|roles| !roles.roles.contains_key(name))
}

fn split<'a>(ledger: &Ledger, route: &'a str) -> Option<(String, &'a str)> {
    let begins = |name: &&String| route.starts_with(name.as_str());
    let (name, mount) = ledger
        .logins
        .keys()
        .filter(begins)
        .max_by_key(|name| name.len())
        .and_then(|name| ledger.logins.get_key_value(name))?;
    let rest = route.get(name.len()..)?;
    matches!(mount.engine, Engine::AppRole(_)).then(|| (name.clone(), rest))
}

fn role<'a>(ledger: &'a Ledger, mount: &str, name: &str) -> Result<&'a Role, Refusal> {
    ledger.roles(mount)?.roles.get(name).ok_or_else(Refusal::absent)
}

fn list(roles: &AppRoles) -> Outcome {
    let names: Vec<&String> = roles.roles.keys().collect();
    if names.is_empty() { Err(Refusal::absent()) } else { Ok(Reply::Data(json!({ "keys": names }))) }
}

fn create(roles: &mut BTreeMap<String, Role>, name: &str, ask: &Ask) -> Outcome {
    let mut role = Role::new()?;
    let reply = role.change(&ask.fields)?;
    roles.insert(name.to_owned(), role);
    Ok(reply)
}

fn change(ledger: &mut Ledger, ask: &Ask, mount: &str, name: &str, part: &str, now: Timestamp) -> Outcome {
    let unknown = || Refusal::bad(format!("role {name:?} does not exist"));
    let role = ledger.roles_mut(mount, name)?.roles.get_mut(name).ok_or_else(unknown)?;
    let text = |field: &str| ask.fields.text(field).ok_or_else(|| Refusal::bad(format!("missing {field}")));
    match part {
        "role-id" => {
            role.role_id = text("role_id")?.to_owned();
            Ok(Reply::Nothing)
        }
        "secret-id" => role.add_secret_id(None, now),
        "custom-secret-id" => role.add_secret_id(Some(text("secret_id")?), now),
        "secret-id/destroy" => Ok(role.remove_secret_id(text("secret_id")?)),
        _ => Err(Refusal::unsupported_path()),
    }
}

fn wish(role: &Role, name: String, ask: &Ask) -> Wish {
    let default = (!role.token_no_default_policy).then(|| "default".to_owned());
    let mut policies: Vec<String> =
        role.token_policies.iter().map(|policy| policy.to_lowercase()).chain(default).collect();
    policies.sort();
    policies.dedup();
    Wish {
        policies,
        path: ask.path.clone(),
        display_name: "approle".to_owned(),
        metadata: Some(BTreeMap::from([("role_name".to_owned(), name)])),
        ttl_seconds: if role.token_ttl > 0 { role.token_ttl } else { LIFE_SECONDS_MAX },
        max_seconds: role.token_max_ttl,
        explicit_max_seconds: role.token_explicit_max_ttl,
        uses: role.token_num_uses,
        renewable: true,
        entity_id: role.entity_id.clone(),
        ..Wish::default()
    }
}
