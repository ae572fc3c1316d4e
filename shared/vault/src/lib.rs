//! The one way to Vault: organizations' keys, secrets written once, and their destruction.
//!
//! No type of the client underneath appears here; time and configuration are given.

mod aws_login;
mod breaker;
mod config;
mod fault;
mod key_versions;
mod keys;
mod secret;
mod secrets;
mod session;
mod vault;
mod versions;
mod wrapped;

pub use config::{AwsIdentity, Clock, Config, Login};
pub use fault::{Fault, Kind};
pub use key_versions::KeyVersions;
pub use keys::DataKey;
pub use secret::Secret;
pub use vault::Vault;
pub use wrapped::Wrapped;
