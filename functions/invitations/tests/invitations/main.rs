//! Invitations over HTTP, on a stack of the test's own: what they are worth, who may do what, and what stays true however
//! many ask at once and wherever a request is cut off.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

#[cfg(test)]
mod answers;
#[cfg(test)]
mod backing;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod place;
#[cfg(test)]
mod rules;
