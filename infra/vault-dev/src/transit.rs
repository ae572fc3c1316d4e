//! The transit engine: its routes and its keyring.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::{Ask, Operation};
use crate::ledger::Ledger;
use crate::transit_key::{Key, Kind};
use crate::transit_use;

/// The keys of one mount, by name.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Keyring {
    pub(crate) keys: BTreeMap<String, Key>,
}

/// `rest` is the path behind the mount.
pub(crate) fn handle(ledger: &mut Ledger, ask: &Ask, mount: &str, rest: &str, now: Timestamp) -> Outcome {
    let mut parts = rest.trim_end_matches('/').splitn(3, '/');
    let (part, name, tail) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match (ask.operation, part, name, tail) {
        (Operation::List, "keys", "", "") => list(ledger.keyring(mount)?),
        (_, "keys", "", _) => Err(Refusal::unsupported_operation()),
        (Operation::Read, "keys", _, "") => {
            Ok(Reply::Data(ledger.keyring(mount)?.keys.get(name).ok_or_else(Refusal::absent)?.print(name)))
        }
        (Operation::Write, "keys", _, "") => create(ledger, ask, mount, name, now),
        (Operation::Delete, "keys", _, "") => delete(ledger, mount, name),
        (Operation::Write, "keys", _, "config") => configure(ledger, ask, mount, name),
        (Operation::Write, "keys", _, "rotate") => {
            let key =
                ledger.keyring_mut(mount, name)?.keys.get_mut(name).ok_or_else(|| Refusal::bad("key not found"))?;
            key.rotate(now)?;
            Ok(Reply::Nothing)
        }
        (Operation::Write, "random", ..) => transit_use::random(ask, name),
        (Operation::Write, "encrypt", _, "") => {
            if !ledger.keyring(mount)?.keys.contains_key(name) {
                create(ledger, ask, mount, name, now)?;
            }
            transit_use::encrypt(key(ledger, mount, name)?, &ask.fields)
        }
        (Operation::Write, "decrypt", _, "") => transit_use::decrypt(key(ledger, mount, name)?, &ask.fields),
        (Operation::Write, "rewrap", _, "") => transit_use::rewrap(key(ledger, mount, name)?, &ask.fields),
        (Operation::Write, "datakey", form, _) => transit_use::data_key(key(ledger, mount, tail)?, form, &ask.fields),
        (Operation::Write, "sign", ..) => transit_use::sign(key(ledger, mount, name)?, &ask.fields),
        (Operation::Write, "hmac", ..) => transit_use::hmac(key(ledger, mount, name)?, &ask.fields, tail),
        (Operation::Write, "verify", ..) => transit_use::verify(key(ledger, mount, name)?, &ask.fields, tail),
        _ => Err(Refusal::unsupported_path()),
    }
}

impl Keyring {
    /// Encrypting with an unknown key creates it; other writes count as updates.
    pub(crate) fn is_absent(&self, rest: &str) -> bool {
        rest.strip_prefix("encrypt/").is_some_and(|name| !self.keys.contains_key(name))
    }
}

fn key<'a>(ledger: &'a Ledger, mount: &str, name: &str) -> Result<&'a Key, Refusal> {
    ledger.keyring(mount)?.keys.get(name).ok_or_else(|| Refusal::bad("encryption key not found"))
}

fn list(keyring: &Keyring) -> Outcome {
    let names: Vec<&String> = keyring.keys.keys().collect();
    if names.is_empty() { Err(Refusal::absent()) } else { Ok(Reply::Data(json!({ "keys": names }))) }
}

/// A key that exists stays as it is.
fn create(ledger: &mut Ledger, ask: &Ask, mount: &str, name: &str, now: Timestamp) -> Outcome {
    if ledger.keyring(mount)?.keys.contains_key(name) {
        return Ok(Reply::Nothing);
    }
    let wished = ask.fields.text("type").unwrap_or("aes256-gcm96");
    let kind = Kind::parse(wished).ok_or_else(|| Refusal::bad(format!("unknown key type {wished}")))?;
    if ["derived", "convergent_encryption", "exportable", "allow_plaintext_backup"]
        .iter()
        .any(|name| ask.fields.flag(name) == Some(true))
    {
        return Err(Refusal::bad("this development server has plain keys only"));
    }
    let key = Key::new(kind, now)?;
    ledger.keyring_mut(mount, name)?.keys.insert(name.to_owned(), key);
    Ok(Reply::Nothing)
}

fn configure(ledger: &mut Ledger, ask: &Ask, mount: &str, name: &str) -> Outcome {
    let absent = || Refusal::bad(format!("no existing key named {name} could be found"));
    ledger.keyring_mut(mount, name)?.keys.get_mut(name).ok_or_else(absent)?.configure(&ask.fields)
}

fn delete(ledger: &mut Ledger, mount: &str, name: &str) -> Outcome {
    let refuse = |reason: &str| Refusal::bad(format!("error deleting policy {name}: {reason}"));
    match ledger.keyring(mount)?.keys.get(name) {
        None => Err(refuse("could not delete key; not found")),
        Some(key) if !key.deletion_allowed => Err(refuse("deletion is not allowed for this key")),
        Some(_) => {
            ledger.keyring_mut(mount, name)?.keys.remove(name);
            Ok(Reply::Nothing)
        }
    }
}
