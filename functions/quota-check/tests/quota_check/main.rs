//! Checks over HTTP, as the runtime asks for them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod leases;
#[cfg(test)]
mod place;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod reserved;
