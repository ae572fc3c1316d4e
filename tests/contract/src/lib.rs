//! Every operation of the API with a valid request for each, and a small world of people to send them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "what tests share is test code too"
)]

mod allowance;
mod ask;
mod invitation;
mod linked;
mod operation;
mod place;
mod prepare;
mod provider;
mod quota;
mod rotation;
mod snapshot;
mod suppressed;
mod tools;
mod undo;
mod world;

pub use allowance::{cleared as without_limits, top_up as foreign_top_up, waiting as foreign_request};
pub use ask::Ask;
pub use invitation::foreign as foreign_invitation;
pub use operation::{Operation, operations};
pub use place::Place;
pub use prepare::prepare;
pub use quota::is_runtimes;
pub use snapshot::{root, snapshot};
pub use undo::undo;
pub use world::{Actor, OTHER_PASSWORD, World};
