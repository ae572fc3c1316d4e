//! Objects in one bucket of S3: read, written, listed, and opened to others by signed forms and links.
//!
//! The adapter over `aws-sdk-s3`, of which nothing shows outside.

mod address;
mod blobs;
mod config;
mod fault;
mod form;
mod link;
mod read;
mod stream;
mod write;

pub use blobs::Blobs;
pub use config::Config;
pub use fault::{Fault, Kind};
pub use form::Form;
pub use read::Head;
pub use write::Body;
