//! The adapter against a store that speaks the real protocol, and against one that fails.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too, and signatures need the time"
)]

mod forms;
mod links;
mod objects;
mod support;
mod wire;
