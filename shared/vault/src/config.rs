//! Where Vault is and who logs in.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

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
    /// A role of AWS, proved by a request to AWS's token service that is signed here and sent there by Vault.
    Aws {
        /// The role's name at Vault.
        role: String,
        /// Who signs.
        identity: AwsIdentity,
    },
}

/// Who somebody is to AWS.
pub struct AwsIdentity {
    /// The region whose token service is asked, such as `eu-central-1`.
    pub region: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The access key.
    pub secret_access_key: Secret,
    /// What goes with keys that AWS gave for a time.
    pub session_token: Option<Secret>,
    /// What Vault calls itself, if it insists on that (`iam_server_id_header_value`): a login that was meant for another Vault is
    /// worth nothing here.
    pub server_id: Option<String>,
    /// The time of day, which AWS compares with its own.
    pub time: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}
