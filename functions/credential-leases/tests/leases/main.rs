//! Leases of credentials over HTTP, on a stack of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod chosen;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod handed_out;
#[cfg(test)]
mod place;
#[cfg(test)]
mod refused;
