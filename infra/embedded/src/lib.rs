//! Local counterparts of the cloud parts, in process and on loopback: a database, an object store that raises events, and a
//! mail sink, each spoken to through the real SDK clients.

pub mod database;
pub mod events;
pub mod faults;
pub mod mail;
pub mod objects;

mod clock;
mod serve;

pub use database::Database;
pub use faults::Proxy;
pub use mail::MailSink;
pub use objects::ObjectStore;

/// Any loopback port: the address for tests that run side by side.
pub const ANY_PORT: std::net::SocketAddr =
    std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
