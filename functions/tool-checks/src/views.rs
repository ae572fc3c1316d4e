//! What came of a look at an MCP server.

use domain::mcp_server::{Found, Look, ToolList, Unreachable};
use serde::Serialize;
use utoipa::ToSchema;

/// What came of asking an MCP server for its tools.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiscoveryView {
    /// `works`, or what is in the way: `credential-unusable`; as the server says `credential-refused`, `forbidden`,
    /// `rate-limited`, `not-mcp`, `protocol-unsupported`, `unavailable`; or why it was not reached: `name-not-found`,
    /// `not-public`, `not-secure`, `port`, `refused`, `tls-name`, `tls-expired`, `tls-untrusted`, `tls-handshake`, `cut-off`,
    /// `late`, `too-large`, `redirected`.
    #[schema(example = "works")]
    outcome: &'static str,
    /// The same in words.
    #[schema(example = "the server answers and says what it offers")]
    detail: String,
    /// The revision of the protocol that it was spoken to in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-11-25")]
    protocol_version: Option<&'static str>,
    /// The names of its tools, at most 200; `GET …/tools` has more of them.
    tools: Vec<String>,
    /// Whether it has more.
    more: bool,
    /// How many were left out because of their names.
    left_out: u32,
}

impl From<Look> for DiscoveryView {
    fn from(look: Look) -> Self {
        match look {
            Look::Found(Found { protocol, tools: ToolList { tools, more, left_out } }) => Self {
                outcome: "works",
                detail: "the server answers and says what it offers".to_owned(),
                protocol_version: Some(protocol),
                tools: tools.into_iter().map(|tool| tool.name.into()).collect(),
                more,
                left_out,
            },
            Look::Failed(why) => Self {
                outcome: Unreachable::slug(why),
                detail: why.to_string(),
                protocol_version: None,
                tools: vec![],
                more: false,
                left_out: 0,
            },
        }
    }
}
