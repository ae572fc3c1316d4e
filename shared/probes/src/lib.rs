//! Tests of providers' credentials: the cheap call that each type of provider has on its own wire.

mod anthropic;
mod azure_openai;
mod bedrock;
mod credential;
mod google;
mod label;
mod models;
mod openai;
mod probe;
mod provider;
mod signature;
mod trouble;

pub use credential::{AwsKeys, Key};
pub use label::Label;
pub use models::Models;
pub use probe::probe;
pub use provider::Provider;
pub use signature::{Asked, Signature};
pub use trouble::Trouble;
