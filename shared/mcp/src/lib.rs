//! Asks MCP servers for their tools: the Model Context Protocol over Streamable HTTP, as a client that wants nothing else.

mod ask;
mod handshake;
mod headers;
mod look;
mod message;
mod modern;
mod pages;
mod refusal;

pub use headers::Headers;
pub use look::{discover, look};
