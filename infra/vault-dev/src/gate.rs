//! The way of a request: who asks, may they, who answers.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::acl::{self, Capability, Rule};
use crate::answer::{Outcome, Refusal};
use crate::ask::{Ask, Operation};
use crate::ledger::{Engine, Ledger};
use crate::tokens::{self, Token};
use crate::{approle, kv, mounts, sys, token_routes, transit, wrapping};

/// Answers one request at one moment.
pub(crate) fn answer(ledger: &mut Ledger, ask: &Ask, now: Timestamp) -> Outcome {
    let reply = match open_to_all(ledger, ask, now) {
        Some(outcome) => outcome?,
        None => identified(ledger, ask, now)?,
    };
    match ask.wrap_seconds {
        Some(seconds) => wrapping::wrap(ledger, ask, reply, seconds, now),
        None => Ok(reply),
    }
}

/// What the policies give on the path; `root` gives everything.
pub(crate) fn capabilities(ledger: &Ledger, policies: &[String], path: &str) -> BTreeSet<Capability> {
    if policies.iter().any(|policy| policy == "root") {
        return BTreeSet::from([Capability::Root]);
    }
    acl::capabilities(rules(ledger, policies), path)
}

fn rules<'a>(ledger: &'a Ledger, policies: &'a [String]) -> impl Iterator<Item = &'a Rule> + Clone {
    policies.iter().filter_map(|name| ledger.policies.get(name)).flat_map(|policy| &policy.rules)
}

/// The few paths that need no token; `None` means that this is not one of them.
fn open_to_all(ledger: &mut Ledger, ask: &Ask, now: Timestamp) -> Option<Outcome> {
    match (ask.operation, ask.path.as_str()) {
        (Operation::Read, "sys/health") => Some(Ok(sys::health(ledger, now))),
        (Operation::Read, "sys/seal-status") => Some(Ok(sys::seal_status(ledger))),
        (Operation::Read, "sys/init") => Some(Ok(sys::init())),
        (Operation::Write, "sys/wrapping/lookup") => Some(wrapping::look_up(ledger, ask, now)),
        (Operation::Write, "sys/wrapping/unwrap") if ask.fields.text("token").is_none() => {
            let id = ask.token.as_deref()?;
            Some(wrapping::unwrap(ledger, id, now))
        }
        (Operation::Write, path) => {
            let mount = path.strip_prefix("auth/")?.strip_suffix("login")?;
            matches!(ledger.logins.get(mount)?.engine, Engine::AppRole(_))
                .then(|| approle::log_in(ledger, ask, mount, now))
        }
        _ => None,
    }
}

/// A use is counted before the policies are asked, as in Vault: a refused request uses a token up as well.
fn identified(ledger: &mut Ledger, ask: &Ask, now: Timestamp) -> Outcome {
    let id = ask.token.as_deref().filter(|id| !id.is_empty()).ok_or_else(|| Refusal::bad("missing client token"))?;
    let caller = tokens::find(ledger, id, now).ok_or_else(Refusal::unknown_token)?.clone();
    let last = tokens::count_use(ledger, id);
    let outcome = permit(ledger, ask, &caller).and_then(|()| route(ledger, ask, &caller, now));
    if last {
        tokens::revoke(ledger, id);
    }
    outcome
}

fn permit(ledger: &Ledger, ask: &Ask, caller: &Token) -> Result<(), Refusal> {
    let given = capabilities(ledger, &caller.policies, &ask.path);
    let wanted = match ask.operation {
        Operation::Read => Capability::Read,
        Operation::List => Capability::List,
        Operation::Delete => Capability::Delete,
        Operation::Write if is_absent(ledger, &ask.path) => Capability::Create,
        Operation::Write => Capability::Update,
    };
    let wrapping = acl::wrapping(rules(ledger, &caller.policies), &ask.path);
    let plain = given.contains(&wanted)
        && (!is_protected(&ask.path) || given.contains(&Capability::Sudo))
        && wrapping.admits(ask.wrap_seconds);
    if given.contains(&Capability::Root) || plain { Ok(()) } else { Err(Refusal::denied()) }
}

/// Whether a write would create: only some engines can tell, elsewhere every write is an update.
fn is_absent(ledger: &Ledger, path: &str) -> bool {
    if let Some(login) = path.strip_prefix("auth/") {
        return approle::is_absent(ledger, login);
    }
    let Some((mount, rest)) = mounts::resolve(ledger, path) else { return false };
    match ledger.mounts.get(&mount).map(|mount| &mount.engine) {
        Some(Engine::Kv(store)) => store.is_absent(rest),
        Some(Engine::Transit(keyring)) => keyring.is_absent(rest),
        _ => false,
    }
}

/// Paths that need `sudo` on top.
fn is_protected(path: &str) -> bool {
    path.starts_with("sys/auth/") || ["auth/token/create-orphan", "auth/token/revoke-orphan"].contains(&path)
}

fn route(ledger: &mut Ledger, ask: &Ask, caller: &Token, now: Timestamp) -> Outcome {
    if let Some(route) = ask.path.strip_prefix("sys/") {
        return sys::handle(ledger, ask, route, caller, now);
    }
    if let Some(route) = ask.path.strip_prefix("auth/token/") {
        return token_routes::handle(ledger, ask, route, caller, now);
    }
    if let Some(login) = ask.path.strip_prefix("auth/") {
        return approle::handle(ledger, ask, login, now);
    }
    let unknown = || Refusal::new(404, format!("no handler for route '{}'", ask.path));
    let (mount, rest) = mounts::resolve(ledger, &ask.path).ok_or_else(unknown)?;
    match ledger.mounts.get(&mount).map(|mount| &mount.engine) {
        Some(Engine::Kv(_)) => kv::handle(ledger, ask, &mount, rest, now),
        Some(Engine::Transit(_)) => transit::handle(ledger, ask, &mount, rest, now),
        _ => Err(Refusal::unsupported_path()),
    }
}
