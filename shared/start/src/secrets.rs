//! Keys and secrets, for a function that uses any: feature `secrets`.

use std::sync::Arc;

use vault::{Login, Secret, Vault};

use crate::{Fault, Parts, VaultLogin, monotonic};

impl Parts {
    /// Keys and secrets. Logs in at the first call that needs it.
    ///
    /// # Errors
    /// `VAULT_ADDR` or the login is not set or unusable.
    pub fn vault(&self) -> Result<Vault, Fault> {
        let address = self.settings().vault_address.clone().ok_or(Fault::new("VAULT_ADDR", "is not set"))?;
        let secret = |text: &str| Secret::new(text.as_bytes().to_vec());
        let login = match self.settings().vault_login.as_ref() {
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
