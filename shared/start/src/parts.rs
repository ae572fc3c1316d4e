//! The parts that a function stands on, made from the settings.

use api::Core;
use store::{Store, TenantTables};

use crate::{Fault, Settings, clients, clock, random};

/// The parts that a function stands on. Each is made when it is asked for, and none speaks to the network yet.
pub struct Parts {
    settings: Settings,
    store: Store,
}

impl Parts {
    /// The parts of these settings.
    ///
    /// # Errors
    /// The database's client cannot be built.
    pub fn new(settings: Settings) -> Result<Self, Fault> {
        let client = clients::database(&settings)?;
        let store = Store::new(store::Config { client, prefix: settings.table_prefix.clone() });
        let (kms_key, deletion_protection) = (settings.kms_key.clone(), settings.tenant_deletion_protection);
        let store = store.with_tenant_tables(TenantTables { kms_key, deletion_protection });
        Ok(Self { settings, store })
    }

    /// What the environment said.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The tables.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// What every HTTP function stands on.
    #[must_use]
    pub fn core(&self) -> Core {
        let settings = api::Settings { public_url: self.settings.public_url.clone() };
        Core { store: self.store(), settings, clock, random }
    }
}
