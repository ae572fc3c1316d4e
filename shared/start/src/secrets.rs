//! Keys and secrets, for a function that uses any: feature `secrets`.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use vault::{AwsIdentity, Login, Secret, Vault};

use crate::{Fault, Parts, Settings, VaultLogin, clock, monotonic};

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
            Some(VaultLogin::Aws { role, server_id }) => {
                Login::Aws { role: role.clone(), identity: self.aws_identity(server_id.clone()) }
            }
            None => {
                return Err(Fault::new(
                    "VAULT_ROLE_ID",
                    "and VAULT_SECRET_ID, VAULT_AWS_ROLE, or VAULT_TOKEN are not set",
                ));
            }
        };
        let (mount_kv, mount_transit) = ("secret".to_owned(), "transit".to_owned());
        let config = vault::Config { address, login, mount_kv, mount_transit };
        Vault::new(config, Arc::new(monotonic)).map_err(|_| Fault::new("VAULT_ADDR", "or the login is unusable"))
    }

    /// The function's own role. What its environment holds is good for as long as that environment lives.
    fn aws_identity(&self, server_id: Option<String>) -> AwsIdentity {
        let Settings { region, access_key_id, secret_access_key, session_token, .. } = self.settings();
        let secret = |text: &String| Secret::new(text.as_bytes().to_vec());
        AwsIdentity {
            region: region.clone(),
            access_key_id: access_key_id.clone(),
            secret_access_key: secret(secret_access_key),
            session_token: session_token.as_ref().map(secret),
            server_id,
            time: Arc::new(|| UNIX_EPOCH + Duration::from_millis(clock().millis())),
        }
    }
}
