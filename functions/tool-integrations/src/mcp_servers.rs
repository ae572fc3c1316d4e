//! MCP servers, in the same way in an organization and on the platform.

mod bodies;
pub(crate) mod of_organization;
pub(crate) mod of_platform;
mod tools;
mod verbs;
mod views;
