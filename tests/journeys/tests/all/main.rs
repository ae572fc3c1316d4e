//! What several functions do together, over HTTP, on a stack of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod accounts;
mod costs;
#[cfg(test)]
mod drops;
mod first_steps;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod invitations;
#[cfg(test)]
mod leases;
mod looks;
#[cfg(test)]
mod mails;
#[cfg(test)]
mod metered;
#[cfg(test)]
mod requests;
mod service_accounts;
#[cfg(test)]
mod statements;
mod streams;
