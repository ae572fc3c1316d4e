//! MCP servers and OAuth clients and their credentials over HTTP, on a stack of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod credentials;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod mcp_servers;
#[cfg(test)]
mod oauth_clients;
#[cfg(test)]
mod place;
#[cfg(test)]
mod planted;
