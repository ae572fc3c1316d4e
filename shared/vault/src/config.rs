//! Where Vault is and who logs in.

use std::sync::Arc;
use std::time::Duration;

use crate::secret::Secret;

/// Time since any fixed moment, never going back.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// How to reach Vault.
pub struct Config {
    /// `https://host:port`; `http://` only makes sense on loopback.
    pub address: String,
    /// Who logs in.
    pub login: Login,
    /// Where key-value version 2 is mounted, usually `secret`.
    pub mount_kv: String,
    /// Where transit is mounted, usually `transit`.
    pub mount_transit: String,
}

/// Who logs in.
pub enum Login {
    /// A token that somebody else keeps alive; used as it is.
    Token(Secret),
    /// A role; its tokens are renewed and replaced here, so its secret id must allow more than one login.
    AppRole {
        /// The role's public id.
        role_id: String,
        /// The role's secret id.
        secret_id: Secret,
    },
}
