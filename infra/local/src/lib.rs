//! The whole product on one machine: the cloud's local counterparts, every function behind one address, and the operator's
//! commands.

mod apart;
mod card;
mod clients;
mod credentials;
mod files;
mod front;
mod functions;
mod lock;
pub mod openapi;
pub mod operator;
mod options;
mod parts;
mod schedules;
mod secrets;
mod stack;
mod superadmin;
mod wakes;

pub use card::{AccessKey, Card, Tables};
pub use options::{GivenVault, Options, PortsPlan};
pub use stack::Stack;
pub use superadmin::FirstPassword;
pub use wakes::{FULL_MESSAGE, wakes_by_mail, wakes_by_object, wakes_by_stream, wakes_by_time};
