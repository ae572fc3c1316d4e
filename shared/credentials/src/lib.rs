//! Credentials on their way from a request's body to the vault, in whatever function takes them.

mod keeper;
mod typed;

pub use keeper::{Keeper, Stored};
pub use typed::Typed;
