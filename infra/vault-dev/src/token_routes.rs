//! `auth/token/*`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::{Ask, Operation};
use crate::ledger::Ledger;
use crate::tokens::{self, LIFE_SECONDS_MAX, Token, Wish};

/// `route` is what follows `auth/token/`; `caller` the token that asks.
pub(crate) fn handle(ledger: &mut Ledger, ask: &Ask, route: &str, caller: &Token, now: Timestamp) -> Outcome {
    match (ask.operation, route) {
        (Operation::Write, "create") => create(ledger, ask, caller, false, now),
        (Operation::Write, "create-orphan") => create(ledger, ask, caller, true, now),
        (Operation::Read | Operation::Write, "lookup-self") => Ok(Reply::Data(caller.print(now))),
        (Operation::Write, "lookup") => look_up(ledger, ask.fields.text("token").unwrap_or(&caller.id), now),
        (Operation::Write, "lookup-accessor") => look_up(ledger, &by_accessor(ledger, ask, now)?, now),
        (Operation::Write, "renew-self") => renew(ledger, ask, &caller.id, now),
        (Operation::Write, "renew") => renew(ledger, ask, &named(ask)?, now),
        (Operation::Write, "renew-accessor") => renew(ledger, ask, &by_accessor(ledger, ask, now)?, now),
        (Operation::Write, "revoke-self") => Ok(revoke(ledger, &caller.id)),
        (Operation::Write, "revoke") => Ok(revoke(ledger, &named(ask)?)),
        (Operation::Write, "revoke-accessor") => Ok(revoke(ledger, &by_accessor(ledger, ask, now)?)),
        (Operation::Write, "revoke-orphan") => {
            tokens::revoke_alone(ledger, &named(ask)?);
            Ok(Reply::Nothing)
        }
        _ => Err(Refusal::unsupported_path()),
    }
}

fn create(ledger: &mut Ledger, ask: &Ask, caller: &Token, orphan: bool, now: Timestamp) -> Outcome {
    let fields = &ask.fields;
    let orphan = orphan || fields.flag("no_parent").unwrap_or(false);
    if fields.text("id").is_some() && !caller.is_root() {
        return Err(Refusal::bad("root or sudo privileges required to specify token id"));
    }
    let policies = policies(ask, caller)?;
    let endless = policies.iter().any(|policy| policy == "root");
    let ttl = fields.seconds("ttl")?.or(fields.seconds("lease")?).filter(|ttl| *ttl > 0);
    let wish = Wish {
        id: fields.text("id").map(str::to_owned),
        policies,
        path: ask.path.clone(),
        display_name: fields.text("display_name").map_or_else(|| "token".to_owned(), |name| format!("token-{name}")),
        metadata: metadata(fields.get("meta")),
        ttl_seconds: ttl.unwrap_or(if endless { 0 } else { LIFE_SECONDS_MAX }),
        explicit_max_seconds: fields.seconds("explicit_max_ttl")?.unwrap_or(0),
        uses: fields.number("num_uses")?.unwrap_or(0),
        renewable: fields.flag("renewable").unwrap_or(true),
        parent: (!orphan).then(|| caller.id.clone()),
        ..Wish::default()
    };
    let token = tokens::issue(ledger, wish, now)?;
    Ok(Reply::Auth(token.auth(now)))
}

/// The wished policies, else the caller's, with `default` unless that is refused; nobody gives more than they have.
fn policies(ask: &Ask, caller: &Token) -> Result<Vec<String>, Refusal> {
    let wished = ask.fields.names("policies").filter(|names| !names.is_empty());
    let mut policies: Vec<String> =
        wished.unwrap_or_else(|| caller.policies.clone()).into_iter().map(|name| name.to_lowercase()).collect();
    if !caller.is_root() && policies.iter().any(|policy| policy != "default" && !caller.policies.contains(policy)) {
        return Err(Refusal::bad("child policies must be subset of parent"));
    }
    let alone = policies.iter().any(|policy| policy == "root") || ask.fields.flag("no_default_policy").unwrap_or(false);
    if !alone {
        policies.push("default".to_owned());
    }
    policies.sort();
    policies.dedup();
    Ok(policies)
}

/// Text members of an object.
pub(crate) fn metadata(value: Option<&Value>) -> Option<BTreeMap<String, String>> {
    let members = value?.as_object()?.iter();
    Some(members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect())
}

fn look_up(ledger: &Ledger, id: &str, now: Timestamp) -> Outcome {
    let token = tokens::find(ledger, id, now).ok_or_else(|| Refusal::new(403, "bad token"))?;
    Ok(Reply::Data(token.print(now)))
}

fn renew(ledger: &mut Ledger, ask: &Ask, id: &str, now: Timestamp) -> Outcome {
    let increment = ask.fields.seconds("increment")?;
    tokens::renew(ledger, id, increment, now).map(Reply::Auth)
}

fn revoke(ledger: &mut Ledger, id: &str) -> Reply {
    tokens::revoke(ledger, id);
    Reply::Nothing
}

fn named(ask: &Ask) -> Result<String, Refusal> {
    ask.fields.text("token").map(str::to_owned).ok_or_else(|| Refusal::bad("missing token ID"))
}

fn by_accessor(ledger: &Ledger, ask: &Ask, now: Timestamp) -> Result<String, Refusal> {
    let accessor = ask.fields.text("accessor").ok_or_else(|| Refusal::bad("missing accessor"))?;
    tokens::by_accessor(ledger, accessor, now).ok_or_else(|| Refusal::listed(400, "invalid accessor"))
}
