//! The parts that a function stands on, made from the settings.

use std::sync::Arc;

use api::Core;
use blobs::Blobs;
use store::{Store, TenantTables};
use vault::{Login, Secret, Vault};

use crate::{Fault, Settings, VaultLogin, clients, clock, monotonic, random};

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

    /// The objects.
    ///
    /// # Errors
    /// `BUCKET` is not set.
    pub fn blobs(&self) -> Result<Blobs, Fault> {
        let settings = &self.settings;
        Ok(Blobs::new(blobs::Config {
            endpoint: settings.objects_endpoint.clone(),
            public_endpoint: settings.objects_public_url.clone(),
            region: settings.region.clone(),
            bucket: settings.bucket.clone().ok_or(Fault::new("BUCKET", "is not set"))?,
            access_key_id: settings.access_key_id.clone(),
            secret_access_key: settings.secret_access_key.clone(),
            session_token: settings.session_token.clone(),
            server_side_kms_key: settings.kms_key.clone(),
        }))
    }

    /// The mail service.
    ///
    /// # Errors
    /// The client cannot be built.
    pub fn mail(&self) -> Result<aws_sdk_sesv2::Client, Fault> {
        clients::mail(&self.settings)
    }

    /// Keys and secrets. Logs in at the first call that needs it.
    ///
    /// # Errors
    /// `VAULT_ADDR` or the login is not set or unusable.
    pub fn vault(&self) -> Result<Vault, Fault> {
        let address = self.settings.vault_address.clone().ok_or(Fault::new("VAULT_ADDR", "is not set"))?;
        let secret = |text: &str| Secret::new(text.as_bytes().to_vec());
        let login = match self.settings.vault_login.as_ref() {
            Some(VaultLogin::Token(token)) => Login::Token(secret(token)),
            Some(VaultLogin::Role { role_id, secret_id }) => {
                Login::AppRole { role_id: role_id.clone(), secret_id: secret(secret_id) }
            }
            None => return Err(Fault::new("VAULT_ROLE_ID", "and VAULT_SECRET_ID, or VAULT_TOKEN, are not set")),
        };
        let (mount_kv, mount_transit) = ("secret".to_owned(), "transit".to_owned());
        let config = vault::Config { address, login, mount_kv, mount_transit };
        Vault::new(config, Arc::new(monotonic)).map_err(|_| Fault::new("VAULT_ADDR", "or the login is unusable"))
    }
}
