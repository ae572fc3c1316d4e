//! Revisions up to 2025-11-25: a handshake, and perhaps a session.

use domain::mcp_server::{Found, ToolList, Unreachable};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::{Conversation, client_info};
use crate::message::{Answered, Reply};
use crate::pages::{self, LIST};
use crate::refusal::of_status;

/// Those that are spoken, the newest first; the oldest one's servers may be met over Streamable HTTP as well.
const REVISIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Whether that revision is spoken here.
pub(crate) fn knows(revision: &str) -> bool {
    REVISIONS.contains(&revision)
}

/// What a server says of itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialized {
    protocol_version: String,
    #[serde(default)]
    capabilities: Value,
}

/// Shakes hands, and asks for tools where the server has any. Who began a session is to end it, whatever came of this.
pub(crate) async fn list(conversation: &mut Conversation<'_>) -> Result<Found, Unreachable> {
    let [newest, ..] = REVISIONS;
    let params = json!({ "protocolVersion": newest, "capabilities": {}, "clientInfo": client_info() });
    let mut answered = conversation.ask("initialize", params).await?;
    conversation.begin(answered.session.take());
    let Initialized { protocol_version, capabilities } = initialized(answered)?;
    let protocol = REVISIONS.into_iter().find(|known| *known == protocol_version);
    let protocol = protocol.ok_or(Unreachable::ProtocolUnsupported)?;
    conversation.protocol = Some(protocol);
    let status = conversation.tell("notifications/initialized").await?;
    if status >= 400 {
        return Err(of_status(status));
    }
    if !capabilities.get("tools").is_some_and(Value::is_object) {
        return Ok(Found { protocol, tools: ToolList::default() });
    }
    let first = conversation.ask(LIST, json!({})).await?;
    Ok(Found { protocol, tools: pages::all(conversation, first).await? })
}

fn initialized(answered: Answered) -> Result<Initialized, Unreachable> {
    match answered.reply {
        Some(Reply::Result(result)) if answered.status < 300 => {
            serde_json::from_value(result).map_err(|_| Unreachable::NotMcp)
        }
        Some(Reply::Error(error)) if error.supported().is_some() => Err(Unreachable::ProtocolUnsupported),
        _ if answered.status >= 400 => Err(of_status(answered.status)),
        _ => Err(Unreachable::NotMcp),
    }
}
