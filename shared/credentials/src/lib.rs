//! Credentials of providers on their way between the vault and those who store, test and replace them.

mod called;
mod fields;
mod shelf;

pub use called::{Impossible, Kept, called, text};
pub use fields::{Fields, HANDLE, ROTATION};
pub use shelf::{Shelf, Stored};
