//! One look at a server, from its stored credential to what it says.

use std::time::Duration;

use domain::mcp_server::{Found, Look, McpServer, Unreachable};
use outbound::{Address, Outbound};
use tokio::time::timeout;
use vault::Vault;

use crate::ask::Conversation;
use crate::handshake;
use crate::headers::Headers;
use crate::modern::{self, Generation};

/// How long all calls of a look may take together.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Looks at a server with the headers that the vault has of it at `path`.
///
/// # Errors
/// When the vault cannot be asked: of the server nothing is known then. What is in the server's way is no error.
pub async fn look(vault: &Vault, outbound: &Outbound, path: &str, server: &McpServer) -> domain::Result<Look> {
    let headers = match &server.credential {
        Some(held) => {
            let kept = vault.read_version(path, held.credential.version).await?;
            kept.and_then(|kept| Headers::of(kept).ok())
        }
        None => Some(Headers::default()),
    };
    let Some(headers) = headers else { return Ok(Look::Failed(Unreachable::CredentialUnusable)) };
    let found = match Address::try_from(server.url.to_string().as_str()) {
        Ok(address) => discover(outbound, &address, &headers).await,
        Err(_) => Err(Unreachable::NameNotFound),
    };
    Ok(found.map_or_else(Look::Failed, Look::Found))
}

/// Asks whoever is there for their tools, in 20 s: a server of the newest revision at once, any other after its handshake. A
/// session that it began is ended, for which there are 2 s more.
///
/// # Errors
/// Why there are none to be had, which holds nothing of what the server said.
pub async fn discover(outbound: &Outbound, address: &Address, headers: &Headers) -> Result<Found, Unreachable> {
    let mut conversation = Conversation::new(outbound, address, headers);
    let found = timeout(TIMEOUT, asked(&mut conversation)).await.unwrap_or(Err(Unreachable::Late));
    conversation.end().await;
    found
}

async fn asked(conversation: &mut Conversation<'_>) -> Result<Found, Unreachable> {
    match modern::list(conversation).await? {
        Generation::Modern(found) => Ok(found),
        Generation::Legacy => handshake::list(conversation).await,
    }
}
