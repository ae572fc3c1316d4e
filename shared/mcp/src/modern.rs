//! Revision 2026-07-28: no session; each message says all that there is to know.

use domain::mcp_server::{Found, ToolList, Unreachable};
use serde_json::json;

use crate::ask::Conversation;
use crate::handshake;
use crate::message::{Answered, Reply, RpcError};
use crate::pages::{self, LIST};
use crate::refusal::of_status;

/// The newest revision, <https://modelcontextprotocol.io/specification/2026-07-28>.
pub(crate) const REVISION: &str = "2026-07-28";

/// Which generation of the protocol a server speaks, told by its answer to a message of this one.
pub(crate) enum Generation {
    /// This one.
    Modern(Found),
    /// One that begins with a handshake.
    Legacy,
}

/// Asks as if it spoke this revision: what answers otherwise than the revision says, with a 400 or anything else, is of the
/// older kind ("Backward Compatibility" of its transport), unless it says that it does not know who calls.
pub(crate) async fn list(conversation: &mut Conversation<'_>) -> Result<Generation, Unreachable> {
    (conversation.protocol, conversation.is_modern) = (Some(REVISION), true);
    let answered = conversation.ask(LIST, json!({})).await?;
    let generation = match (answered.status, &answered.reply) {
        (status @ (401..=403 | 429), _) => Err(of_status(status)),
        (_, Some(Reply::Error(error))) => of_error(answered.status, error),
        (..300, Some(Reply::Result(_))) => return found(conversation, answered).await,
        _ => Ok(Generation::Legacy),
    };
    (conversation.protocol, conversation.is_modern) = (None, false);
    generation
}

async fn found(conversation: &mut Conversation<'_>, first: Answered) -> Result<Generation, Unreachable> {
    let tools = pages::all(conversation, first).await?;
    Ok(Generation::Modern(Found { protocol: REVISION, tools }))
}

/// What only a server of this revision says.
fn of_error(status: u16, error: &RpcError) -> Result<Generation, Unreachable> {
    const UNSUPPORTED_VERSION: i64 = -32_022;
    const HEADER_MISMATCH: i64 = -32_020;
    const MISSING_CAPABILITY: i64 = -32_021;
    const METHOD_NOT_FOUND: i64 = -32_601;
    match (status, error.code) {
        (_, UNSUPPORTED_VERSION) => {
            let known = error.supported().unwrap_or_default().into_iter().any(handshake::knows);
            if known { Ok(Generation::Legacy) } else { Err(Unreachable::ProtocolUnsupported) }
        }
        (_, HEADER_MISMATCH | MISSING_CAPABILITY) => Err(Unreachable::NotMcp),
        // It has no tools, and never will.
        (404, METHOD_NOT_FOUND) => Ok(Generation::Modern(Found { protocol: REVISION, tools: ToolList::default() })),
        _ => Ok(Generation::Legacy),
    }
}
