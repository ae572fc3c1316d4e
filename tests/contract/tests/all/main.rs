//! What the API promises as a whole, each promise printed as a file that a person can read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

mod bad_input;
mod costs;
mod documents;
mod openapi;
mod permissions;
mod problems;
mod races;
mod rights;
mod template;
mod variants;
mod wiring;
