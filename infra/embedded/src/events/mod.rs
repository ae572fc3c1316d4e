//! Events of the object store: which are wanted, how they look, and their delivery at least once.

mod notice;
mod queue;
mod rule;

pub(crate) use notice::{Cause, Notice};
pub use queue::{DeadLetter, Retry};
pub(crate) use queue::{Intent, Queue};
pub use rule::Rule;
