//! The reset on the embedded database: in one go, twice, late, and cut off at every call.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

mod alerts;
mod branches;
mod closing;
mod counters;
mod leases;
mod midnight;
mod pages;
mod requests;
mod stack;
