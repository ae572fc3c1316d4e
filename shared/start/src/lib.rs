//! Cold start: from the environment to a function that waits for its first invocation.
//!
//! A function's `main` names what it stands on; everything else happens here, once, and nothing asks the network.

mod answer;
mod clients;
mod edge;
mod environment;
mod fault;
mod log;
#[cfg(feature = "mail")]
mod mail;
mod messages;
#[cfg(feature = "objects")]
mod objects;
mod parts;
#[cfg(feature = "secrets")]
mod secrets;
mod vitals;

pub use edge::{http, serve_http};
pub use environment::{Settings, VaultLogin};
pub use fault::Fault;
pub use messages::messages;
pub use parts::Parts;
pub use vitals::{clock, monotonic, random};
