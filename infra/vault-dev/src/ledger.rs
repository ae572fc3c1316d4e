//! Everything the server knows, and which entries changed since they were last written down.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Refusal;
use crate::approle::AppRoles;
use crate::journal::Entry;
use crate::kv::Store;
use crate::mounts::{Mount, Table};
use crate::policies::Policy;
use crate::random;
use crate::tokens::Token;
use crate::transit::Keyring;

/// The tables, open for reading; each way to write names its entry, so that no change is left out of the journal.
pub(crate) struct Ledger {
    tables: Tables,
    touched: BTreeSet<Entry>,
}

/// What a restart must find again.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tables {
    pub(crate) cluster_id: String,
    pub(crate) cluster_name: String,
    pub(crate) mounts: BTreeMap<String, Mount>,
    pub(crate) logins: BTreeMap<String, Mount>,
    pub(crate) policies: BTreeMap<String, Policy>,
    pub(crate) tokens: BTreeMap<String, Token>,
}

/// What is behind a mount.
#[derive(Serialize, Deserialize)]
pub(crate) enum Engine {
    /// A part that every server has and this one only names.
    Named,
    Kv(Store),
    Transit(Keyring),
    AppRole(AppRoles),
}

impl Ledger {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables, touched: BTreeSet::new() }
    }

    /// The entries that were opened for writing since the last call.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<Entry> {
        std::mem::take(&mut self.touched)
    }

    /// The mounts of a table; the entry is the one with that name.
    pub(crate) fn mounts_mut(&mut self, table: Table, name: &str) -> &mut BTreeMap<String, Mount> {
        self.touched.insert(Entry::Mount(table, name.to_owned()));
        self.tables.mounts_of_mut(table)
    }

    /// The policies; the entry is the one with that name.
    pub(crate) fn policies_mut(&mut self, name: &str) -> &mut BTreeMap<String, Policy> {
        self.touched.insert(Entry::Policy(name.to_owned()));
        &mut self.tables.policies
    }

    /// The tokens; the entry is the one with that id.
    pub(crate) fn tokens_mut(&mut self, id: &str) -> &mut BTreeMap<String, Token> {
        self.touched.insert(Entry::Token(id.to_owned()));
        &mut self.tables.tokens
    }

    /// Drops tokens whose time is over. Not written down: an expired token is worth nothing wherever it is found.
    pub(crate) fn forget_expired(&mut self, now: Timestamp) {
        self.tables.tokens.retain(|_, token| token.is_alive(now));
    }

    /// A key-value mount; the entry is the secret at that path.
    pub(crate) fn kv_mut(&mut self, mount: &str, path: &str) -> Result<&mut Store, Refusal> {
        self.touched.insert(Entry::Secret(mount.to_owned(), path.to_owned()));
        self.tables.kv_mut(mount)
    }

    /// A key-value mount; the entry is the mount as a whole.
    pub(crate) fn whole_kv_mut(&mut self, mount: &str) -> Result<&mut Store, Refusal> {
        self.touched.insert(Entry::Mount(Table::Secrets, mount.to_owned()));
        self.tables.kv_mut(mount)
    }

    /// A transit mount; the entry is the key with that name.
    pub(crate) fn keyring_mut(&mut self, mount: &str, name: &str) -> Result<&mut Keyring, Refusal> {
        self.touched.insert(Entry::Key(mount.to_owned(), name.to_owned()));
        self.tables.keyring_mut(mount)
    }

    /// An approle mount; the entry is the role with that name.
    pub(crate) fn roles_mut(&mut self, mount: &str, name: &str) -> Result<&mut AppRoles, Refusal> {
        self.touched.insert(Entry::Role(mount.to_owned(), name.to_owned()));
        self.tables.roles_mut(mount)
    }
}

impl Tables {
    /// A fresh server: the mounts, the login and the policies that Vault's own development mode begins with.
    pub(crate) fn fresh() -> Result<Self, Refusal> {
        Ok(Self {
            cluster_id: random::uuid()?,
            cluster_name: format!("vault-cluster-{}", random::hex(&random::bytes::<4>()?)),
            mounts: crate::mounts::first()?,
            logins: crate::mounts::first_logins()?,
            policies: crate::policies::first()?,
            tokens: BTreeMap::new(),
        })
    }

    pub(crate) fn mounts_of(&self, table: Table) -> &BTreeMap<String, Mount> {
        match table {
            Table::Secrets => &self.mounts,
            Table::Logins => &self.logins,
        }
    }

    pub(crate) fn mounts_of_mut(&mut self, table: Table) -> &mut BTreeMap<String, Mount> {
        match table {
            Table::Secrets => &mut self.mounts,
            Table::Logins => &mut self.logins,
        }
    }

    pub(crate) fn kv(&self, mount: &str) -> Result<&Store, Refusal> {
        match self.mounts.get(mount).map(|mount| &mount.engine) {
            Some(Engine::Kv(store)) => Ok(store),
            _ => Err(Refusal::unsupported_path()),
        }
    }

    pub(crate) fn kv_mut(&mut self, mount: &str) -> Result<&mut Store, Refusal> {
        match self.mounts.get_mut(mount).map(|mount| &mut mount.engine) {
            Some(Engine::Kv(store)) => Ok(store),
            _ => Err(Refusal::unsupported_path()),
        }
    }

    pub(crate) fn keyring(&self, mount: &str) -> Result<&Keyring, Refusal> {
        match self.mounts.get(mount).map(|mount| &mount.engine) {
            Some(Engine::Transit(keyring)) => Ok(keyring),
            _ => Err(Refusal::unsupported_path()),
        }
    }

    pub(crate) fn keyring_mut(&mut self, mount: &str) -> Result<&mut Keyring, Refusal> {
        match self.mounts.get_mut(mount).map(|mount| &mut mount.engine) {
            Some(Engine::Transit(keyring)) => Ok(keyring),
            _ => Err(Refusal::unsupported_path()),
        }
    }

    pub(crate) fn roles(&self, mount: &str) -> Result<&AppRoles, Refusal> {
        match self.logins.get(mount).map(|mount| &mount.engine) {
            Some(Engine::AppRole(roles)) => Ok(roles),
            _ => Err(Refusal::unsupported_path()),
        }
    }

    pub(crate) fn roles_mut(&mut self, mount: &str) -> Result<&mut AppRoles, Refusal> {
        match self.logins.get_mut(mount).map(|mount| &mut mount.engine) {
            Some(Engine::AppRole(roles)) => Ok(roles),
            _ => Err(Refusal::unsupported_path()),
        }
    }
}

impl Deref for Ledger {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        &self.tables
    }
}
