//! What tables know of the headers of MCP servers: which version of the secret in the vault is used, and its mark.

use domain::home::{Home, HomeCommand, InHome};
use domain::id::McpServerId;
use domain::mcp_server::{CredentialHeader, HeaderCredential, McpServer, RemoveMcpCredential, SetMcpCredential};
use domain::provider::{Credential, CredentialMark};
use domain::{Error, EventKind, Granted, Mint, Result};

use crate::core::Store;
use crate::mcp_servers::{between, target};
use crate::organizations::acting;

/// Where the headers of an MCP server lie in the vault.
#[must_use]
pub fn mcp_credential_path(home: &impl Home, id: McpServerId) -> String {
    match home.organization() {
        Some(scope) => format!("orgs/{}/mcp-servers/{id}", scope.organization()),
        None => format!("platform/mcp-servers/{id}"),
    }
}

impl Store {
    /// The server whose headers are to be set, on the version that was read.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`]
    pub async fn mcp_server_to_set<H: Home>(
        &self,
        granted: &Granted<InHome<H, SetMcpCredential>>,
    ) -> Result<McpServer> {
        let SetMcpCredential { id, version } = granted.command().what;
        let server = self.mcp_server(granted.scope(), id).await?;
        if server.version == version { Ok(server) } else { Err(Error::stale()) }
    }

    /// AP-316. From here on the server is called with these headers, of that version of the secret. The schedule looks soon.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`] where the server is another one than was read.
    pub async fn set_mcp_credential<H: Home>(
        &self,
        granted: &Granted<InHome<H, SetMcpCredential>>,
        before: &McpServer,
        (headers, version, mark): (Vec<CredentialHeader>, u64, CredentialMark),
        mint: &mut Mint,
    ) -> Result<McpServer> {
        let set_by = acting(granted.actor());
        let credential = Credential { version, mark, set_at: mint.now(), set_by, last_used_at: None };
        let held = HeaderCredential { headers, credential };
        self.put_mcp_credential(granted, before, Some(held), EventKind::McpServerCredentialSet, mint).await
    }

    /// AP-317. The server is called without headers from here on. Which version they were, where it had any.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`] where somebody changes it at this moment.
    pub async fn remove_mcp_credential<H: Home>(
        &self,
        granted: &Granted<InHome<H, RemoveMcpCredential>>,
        mint: &mut Mint,
    ) -> Result<Option<u64>> {
        let before = self.mcp_server(granted.scope(), granted.command().what.id).await?;
        let Some(held) = &before.credential else { return Ok(None) };
        let version = held.credential.version;
        self.put_mcp_credential(granted, &before, None, EventKind::McpServerCredentialRemoved, mint).await?;
        Ok(Some(version))
    }

    async fn put_mcp_credential<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        before: &McpServer,
        credential: Option<HeaderCredential>,
        kind: EventKind,
        mint: &mut Mint,
    ) -> Result<McpServer> {
        let mut after = McpServer { credential, updated_at: mint.now(), version: before.version + 1, ..before.clone() };
        let mut replaced = self.replace_mcp_server(granted.scope(), before, &after)?;
        if let Some(seen) = &mut after.seen {
            seen.next_at = mint.now();
            replaced = replaced.set("seen.next_at", seen.next_at)?;
        }
        let event = granted.event(mint, kind, target(&after), between(Some(before), Some(&after)));
        self.transact(vec![replaced.update()?, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => fault.into_error("changing an MCP server's headers"),
        })?;
        Ok(after)
    }
}
