//! What answers show of the tools that a server offers.

use domain::mcp_server::{Annotations, McpServer, Tool, ToolList};
use serde::Serialize;
use utoipa::ToSchema;

/// What an MCP server offers, as the last look found it that found any. The words are the server's, not the product's.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToolsView {
    /// Its tools, in its own order; at most 200.
    items: Vec<ToolView>,
    /// Whether it has more than are kept.
    more: bool,
    /// How many were left out because of their names: what could not be called, or a second one of a name.
    left_out: u32,
    /// When they were last found to be these; absent = none was ever found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    found_at: Option<String>,
    /// Since when they are these.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    since: Option<String>,
}

/// A tool.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToolView {
    /// By which it is called.
    #[schema(example = "get_ticket")]
    name: String,
    /// What the server calls it, at most 200 bytes. What cannot be seen stands as U+FFFD.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Read a ticket")]
    title: Option<String>,
    /// What the server tells models of it, at most 1,000 bytes. What cannot be seen stands as U+FFFD.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// What the server says of its effects; no more to be trusted than the server.
    annotations: AnnotationsView,
    /// Another one = the server tells something else of the tool than before, be it in its schemas or beyond what is kept.
    #[schema(example = "5be1a0c24f3d77815be1a0c24f3d7781")]
    digest: String,
}

/// What a server says of a tool's effects; absent = it says nothing.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationsView {
    /// It changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_only: Option<bool>,
    /// What it changes may be lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    destructive: Option<bool>,
    /// A repetition changes nothing more.
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotent: Option<bool>,
    /// It reaches things outside of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_world: Option<bool>,
}

impl ToolsView {
    /// What is known of a server's tools.
    pub(crate) fn of(server: &McpServer, list: &ToolList) -> Self {
        let ToolList { tools, more, left_out } = list;
        let seen = server.seen.as_ref().and_then(|seen| seen.tools.as_ref());
        Self {
            items: tools.iter().map(ToolView::from).collect(),
            more: *more,
            left_out: *left_out,
            found_at: seen.map(|seen| seen.found_at.to_string()),
            since: seen.map(|seen| seen.since.to_string()),
        }
    }
}

impl From<&Tool> for ToolView {
    fn from(tool: &Tool) -> Self {
        let Tool { name, title, description, annotations, digest } = tool;
        let Annotations { read_only, destructive, idempotent, open_world } = *annotations;
        Self {
            name: name.as_str().to_owned(),
            title: title.clone(),
            description: description.clone(),
            annotations: AnnotationsView { read_only, destructive, idempotent, open_world },
            digest: digest.clone(),
        }
    }
}
