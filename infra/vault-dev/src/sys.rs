//! `sys/*`: the server's state, mounts, policies, capabilities and wrapping.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::acl::Capability;
use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::{Ask, Operation};
use crate::gate;
use crate::ledger::Ledger;
use crate::mounts::{self, Table};
use crate::policies;
use crate::tokens::{self, Token};
use crate::wrapping;

/// The version whose answers this server gives.
const VERSION: &str = "1.8.0-dev";

/// `route` is what follows `sys/`.
pub(crate) fn handle(ledger: &mut Ledger, ask: &Ask, route: &str, caller: &Token, now: Timestamp) -> Outcome {
    let (head, rest) = route.split_once('/').unwrap_or((route, ""));
    match (ask.operation, head, rest) {
        (_, "mounts", name) => mounts::handle(ledger, ask, Table::Secrets, name),
        (_, "auth", name) => mounts::handle(ledger, ask, Table::Logins, name),
        (_, "policy", name) => policies::handle(ledger, ask, name, true),
        (_, "policies", name) => match name.strip_prefix("acl") {
            Some(name) => policies::handle(ledger, ask, name, false),
            None => Err(Refusal::unsupported_path()),
        },
        (Operation::Write, "capabilities-self", "") => capabilities(ledger, ask, caller),
        (Operation::Write, "capabilities", "") => {
            let id = ask.fields.text("token").ok_or_else(|| Refusal::bad("no token provided"))?;
            capabilities(ledger, ask, tokens::find(ledger, id, now).ok_or_else(|| Refusal::bad("invalid token"))?)
        }
        (Operation::Write, "wrapping", "wrap") => wrapping::wrap_given(ask),
        (Operation::Write, "wrapping", "unwrap") => {
            wrapping::unwrap(ledger, ask.fields.text("token").unwrap_or_default(), now)
        }
        _ => Err(Refusal::unsupported_path()),
    }
}

/// `sys/health`
pub(crate) fn health(ledger: &Ledger, now: Timestamp) -> Reply {
    Reply::Bare(json!({
        "initialized": true, "sealed": false, "standby": false, "performance_standby": false,
        "replication_performance_mode": "disabled", "replication_dr_mode": "disabled", "server_time_utc": now.as_second(),
        "version": VERSION, "cluster_name": ledger.cluster_name, "cluster_id": ledger.cluster_id,
    }))
}

/// `sys/seal-status`
pub(crate) fn seal_status(ledger: &Ledger) -> Reply {
    Reply::Bare(json!({
        "type": "shamir", "initialized": true, "sealed": false, "t": 1, "n": 1, "progress": 0, "nonce": "", "version": VERSION,
        "migration": false, "cluster_name": ledger.cluster_name, "cluster_id": ledger.cluster_id, "recovery_seal": false,
        "storage_type": "inmem",
    }))
}

/// `sys/init`
pub(crate) fn init() -> Reply {
    Reply::Bare(json!({"initialized": true}))
}

fn capabilities(ledger: &Ledger, ask: &Ask, token: &Token) -> Outcome {
    let paths = ask.fields.names("paths").or_else(|| ask.fields.names("path")).filter(|paths| !paths.is_empty());
    let paths = paths.ok_or_else(|| Refusal::bad("paths must be supplied"))?;
    let given = |path: &String| {
        let mut given = gate::capabilities(ledger, &token.policies, path);
        if given.is_empty() {
            given.insert(Capability::Deny);
        }
        json!(given)
    };
    let mut found: Map<String, Value> = paths.iter().map(|path| (path.clone(), given(path))).collect();
    if let [only] = paths.as_slice() {
        found.insert("capabilities".to_owned(), given(only));
    }
    Ok(Reply::Doubled(found))
}
