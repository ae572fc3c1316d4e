//! What changed, entry by entry: how an entry is written down and put back.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Error, Value, to_value};
use std::collections::BTreeMap;

use crate::ledger::Tables;
use crate::mounts::Table;

/// The smallest things that change on their own; inside a mount, the mount's name comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Entry {
    Mount(Table, String),
    Policy(String),
    Token(String),
    Secret(String, String),
    Key(String, String),
    Role(String, String),
}

/// An entry and its value after the change; `null` if it is gone.
#[derive(Serialize, Deserialize)]
pub(crate) struct Record {
    entry: Entry,
    value: Value,
}

impl Record {
    /// The entry as it stands.
    pub(crate) fn of(tables: &Tables, entry: Entry) -> Result<Self, Error> {
        let value = match &entry {
            Entry::Mount(table, name) => to_value(tables.mounts_of(*table).get(name)),
            Entry::Policy(name) => to_value(tables.policies.get(name)),
            Entry::Token(id) => to_value(tables.tokens.get(id)),
            Entry::Secret(mount, path) => to_value(tables.kv(mount).ok().and_then(|store| store.secrets.get(path))),
            Entry::Key(mount, name) => to_value(tables.keyring(mount).ok().and_then(|keyring| keyring.keys.get(name))),
            Entry::Role(mount, name) => to_value(tables.roles(mount).ok().and_then(|roles| roles.roles.get(name))),
        };
        Ok(Self { value: value?, entry })
    }

    /// Puts the entry back. One whose mount is gone has gone with it.
    pub(crate) fn apply(self, tables: &mut Tables) -> Result<(), Error> {
        let Self { entry, value } = self;
        match entry {
            Entry::Mount(table, name) => put(tables.mounts_of_mut(table), name, value),
            Entry::Policy(name) => put(&mut tables.policies, name, value),
            Entry::Token(id) => put(&mut tables.tokens, id, value),
            Entry::Secret(mount, path) => {
                tables.kv_mut(&mount).map_or(Ok(()), |store| put(&mut store.secrets, path, value))
            }
            Entry::Key(mount, name) => {
                tables.keyring_mut(&mount).map_or(Ok(()), |keyring| put(&mut keyring.keys, name, value))
            }
            Entry::Role(mount, name) => {
                tables.roles_mut(&mount).map_or(Ok(()), |roles| put(&mut roles.roles, name, value))
            }
        }
    }
}

fn put<V: DeserializeOwned>(map: &mut BTreeMap<String, V>, name: String, value: Value) -> Result<(), Error> {
    match serde_json::from_value::<Option<V>>(value)? {
        Some(value) => drop(map.insert(name, value)),
        None => drop(map.remove(&name)),
    }
    Ok(())
}
