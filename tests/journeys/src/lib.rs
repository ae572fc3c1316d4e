//! A stack of its own for each test, and people who use it over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "what tests share is test code too"
)]

mod answer;
mod client;
mod import;
mod portal;
mod tool_server;
mod workbook;

pub use answer::Answer;
pub use client::Client;
pub use import::{Finished, upload};
pub use portal::{PASSWORD, Portal};
pub use tool_server::ToolServer;
pub use workbook::{Book, Row, workbook};
