//! Functions' real binaries as Lambda runs them: a process on an otherwise empty environment, and the Runtime API.

pub mod bootstrap;
pub mod memory;
pub mod runtime_api;

pub use runtime_api::{Outcome, RuntimeApi};
