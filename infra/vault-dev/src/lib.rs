//! A secrets server for development: it answers like HashiCorp Vault, on loopback only.
//!
//! What it answers is held to recorded exchanges with a real server
//! (`tests/fixtures/exchanges.json`). It keeps its secrets in clear, in memory
//! and in one file, and must never guard anything of value.

mod acl;
mod answer;
mod approle;
mod approle_role;
mod ask;
mod disk;
mod duration;
mod gate;
mod http;
mod journal;
mod kv;
mod kv_secret;
mod ledger;
mod mounts;
mod policies;
mod random;
mod server;
mod sys;
mod token_routes;
mod tokens;
mod transit;
mod transit_key;
mod transit_use;
mod wrapping;

pub use server::{Clock, Options, Running, Server, StartError};
