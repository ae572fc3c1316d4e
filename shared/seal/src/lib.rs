//! Content of organizations, sealed so that only their own key opens it, and only where it was sealed for.
//!
//! Envelope encryption: a data key seals, the organization's key in Vault wraps the data key, and both stand in the sealed
//! form. Data keys are kept for minutes, so that Vault is asked once and not for each attribute.

mod data_key;
mod failure;
mod form;
mod rewrap;
mod sealer;
mod shelf;

pub use failure::Failure;
pub use rewrap::{key_version, rewrap};
pub use sealer::Sealer;
