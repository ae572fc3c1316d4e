//! Local counterparts of the cloud parts, in process and on loopback: a database with its streams, an object store that raises
//! events, and a mail sink, each spoken to through the real SDK clients.

pub mod database;
pub mod events;
pub mod faults;
pub mod mail;
pub mod objects;
pub mod streams;

mod attempt;
mod clock;
mod files;
mod serve;

pub use database::Database;
pub use faults::Proxy;
pub use mail::MailSink;
pub use objects::ObjectStore;
pub use streams::Streams;

/// Any loopback port: the address for tests that run side by side.
pub const ANY_PORT: std::net::SocketAddr =
    std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
