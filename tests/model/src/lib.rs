//! What the product is to do with people, as plainly as it can be said: a reference model without a database, and random
//! commands for it and for the real thing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what tests share is test code too"
)]

pub mod command;
mod generate;
mod invited;
mod members;
mod programs;
mod projects;
mod random;
mod standing;
mod state;
mod turn;

pub use command::{Command, Fault, Gap, Link, Step, Who};
pub use generate::history;
pub use random::Random;
pub use state::{Grantor, Invitation, InvitationEnd, Member, Model, Person, Program, Project};
pub use turn::{Answer, Refusal, Turn};
