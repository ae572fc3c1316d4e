//! The local parts, spoken to as their cloud counterparts are: through the real SDK clients and the AWS command line.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

mod command_line;
mod conditions;
mod database;
mod events;
mod faults;
mod figures;
mod forms;
mod kills;
mod mail;
mod objects;
mod restarts;
mod rights;
mod signatures;
mod stream_restarts;
mod streams;
mod support;
