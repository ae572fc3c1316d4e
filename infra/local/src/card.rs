//! `stack.json`: where everything is and how to get in, for people, tests and the operator's commands.

use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// The file's name in the data folder.
pub(crate) const FILE: &str = "stack.json";

/// Every address and every local credential of a stack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Card {
    /// The API and the page.
    pub api: String,
    /// The documentation.
    pub docs: String,
    /// The mails that were sent.
    pub mailbox: String,
    /// The object store's endpoint.
    pub s3_endpoint: String,
    /// The bucket of imports and drops.
    pub bucket: String,
    /// The region that clients name.
    pub region: String,
    /// The functions' access key: everything.
    pub functions_key: AccessKey,
    /// The operator's access key: put under `drops/`, and look there.
    pub operator_key: AccessKey,
    /// The database's endpoint.
    pub dynamodb_endpoint: String,
    /// What the tables are called.
    pub tables: Tables,
    /// The secrets server.
    pub vault_address: String,
    /// Its root token.
    pub vault_token: String,
    /// The mail service's endpoint.
    pub ses_endpoint: String,
    /// The process that wrote this.
    pub process_id: u32,
}

/// An access key of the object store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessKey {
    /// `AWS_ACCESS_KEY_ID`
    pub id: String,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret: String,
}

/// What the tables are called.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tables {
    /// What every name begins with.
    pub prefix: String,
    /// Organizations, users, sessions, memberships.
    pub platform: String,
    /// The audit log.
    pub events: String,
    /// What belongs to pooled organizations.
    pub tenants: String,
}

impl Tables {
    pub(crate) fn named(prefix: &str) -> Self {
        let name = |rest: &str| format!("{prefix}{rest}");
        Self { prefix: prefix.to_owned(), platform: name("platform"), events: name("events"), tenants: name("tenants") }
    }
}

impl Card {
    /// The card in a data folder; none where no stack was started yet.
    ///
    /// # Errors
    /// The file cannot be read or is not a card.
    pub fn read(data: &Path) -> Result<Option<Self>> {
        crate::files::read(&data.join(FILE))
    }
}
