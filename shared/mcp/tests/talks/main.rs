//! Conversations with servers on this machine: such as they should be, and such as they should not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod server;
#[cfg(test)]
mod well_behaved;
