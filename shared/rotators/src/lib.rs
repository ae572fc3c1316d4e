//! Providers' own APIs that make and end keys: one key more, found again if it was lost, and one key less.

mod aws;
mod azure;
mod hindrance;
mod openai;
mod rotator;
mod secret;
mod xml;

pub use hindrance::Hindrance;
pub use rotator::{Made, Places, Rotator, Sight};
