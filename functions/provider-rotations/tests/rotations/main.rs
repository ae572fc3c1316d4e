//! Rotations on the local parts, against servers that speak the providers' formats: in one go, and cut off anywhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod outside;
#[cfg(test)]
mod promise;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod stack;
