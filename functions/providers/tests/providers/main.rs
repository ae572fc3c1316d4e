//! Providers and their credentials over HTTP, on a stack of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod credentials;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod place;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod rotations;
#[cfg(test)]
mod without_vault;
