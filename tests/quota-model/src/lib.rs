//! Quotas over a database in memory in which the order of every step is chosen: many callers reserve, settle and release
//! through the product's own code, and after each of their steps exact integers say whether anything was overspent.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

mod books;
mod choice;
mod command;
mod crowd;
mod desk;
mod figures;
mod limits;
mod memory;
mod random;
mod turn;

pub use command::{Command, Done};
pub use crowd::Crowd;
pub use figures::{Branchings, Figures};
pub use memory::{Disturbance, Memory};
pub use random::Random;
