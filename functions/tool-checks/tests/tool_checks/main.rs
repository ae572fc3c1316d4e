//! Looks at MCP servers over HTTP, against servers on this machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod discovered;
