//! Workbooks in and out, held to files that other programs wrote and to files that nobody should write.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of tests may panic as tests do"
)]

mod expectations;
mod fuzz;
mod made;
mod rules;
mod scale;
mod written;
