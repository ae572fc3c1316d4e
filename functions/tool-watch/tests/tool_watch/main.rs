//! Runs of the watch over MCP servers, on a stack of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod place;
#[cfg(test)]
mod runs;
