//! Token quotas: how a check is carried out over counters of which each is an item of its own, and where that is stored.

mod check;
pub(crate) mod counter_item;
mod decisions;
mod defaults;
mod desk;
mod expired;
pub(crate) mod facts;
mod known;
mod lease;
mod limits;
pub(crate) mod live;
mod push;
pub(crate) mod read;
mod requests;
mod reserve;
mod settle;
mod tables;
mod top_ups;
mod undo;
mod words;
mod write;

pub use check::Check;
pub use defaults::DefaultLayers;
pub use desk::{CallState, Open, QuotaDesk, ScopeState, Unwritten};
pub(crate) use known::LimitedItem;
pub use known::ThingStanding;
pub use lease::{return_lease, take_lease};
pub use push::{push, tidy};
pub use read::AskedCheck;
pub use reserve::{Outcome, Try, reserve};
pub use settle::{release, settle};
pub use tables::Tables;
pub use words::SealedReason;
