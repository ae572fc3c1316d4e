//! Limits, top-ups and requests over HTTP, on a stack of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod kills;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod place;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod sealed;
#[cfg(test)]
mod told;
#[cfg(test)]
mod top_ups;
#[cfg(test)]
mod usage;
