//! Leases of tools: who is called, where the credential lies, and the record that it was handed out.

use std::time::Duration;

use domain::change::{Change, Target};
use domain::mcp_server::{LeaseMcpServer, McpServer};
use domain::oauth_client::{LeaseOauthClient, OauthClient};
use domain::provider::Credential;
use domain::{Command, Error, EventKind, Granted, Mint, OrgScope, Result, Timestamp};

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::keys::{Key, tool};
use crate::mcp_credentials::mcp_credential_path;
use crate::oauth_clients::client_secret_path;
use crate::{mcp_servers, oauth_clients};

/// When a credential was used last is written at most that often.
const TOUCH: Duration = Duration::from_secs(60);

/// Where a secret lies in the vault. Whoever has this has nothing yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretPlace {
    /// The path below the mount.
    pub path: String,
    /// Which version of it is used.
    pub version: u64,
}

/// Something that a runtime may use.
#[derive(Debug)]
pub struct ToolLease<T> {
    /// What.
    pub what: T,
    /// Where its credential lies; none where it has none.
    pub secret: Option<SecretPlace>,
    /// Where it is itself.
    table: String,
    key: Key,
}

impl Store {
    /// AP-312. The server that an organization's runtime may use under that id, and where its headers lie: the organization's own
    /// or one of the platform's, in one round trip over both tables. One that is disabled, or another organization's, is unknown.
    pub async fn mcp_server_to_lease(&self, granted: &Granted<LeaseMcpServer>) -> Result<ToolLease<McpServer>> {
        let (scope, LeaseMcpServer { id }) = (granted.scope(), *granted.command());
        let own = tool::mcp_server(Some(scope.organization()), id);
        let (global, table) = (tool::mcp_server(None, id), self.tenant(scope));
        let asked = [(table.as_str(), std::slice::from_ref(&own)), (&self.platform, std::slice::from_ref(&global))];
        let item = self.get_across(&asked).await?.pop().ok_or_else(Error::not_found)?;
        let TenantItem { pk, content: server, .. } = decode::<TenantItem<McpServer>>(item)?;
        if !server.enabled {
            return Err(Error::not_found());
        }
        let (path, table, key) = if pk == own.pk {
            (mcp_credential_path(scope, id), table, own)
        } else {
            (format!("platform/mcp-servers/{id}"), self.platform.clone(), global)
        };
        let secret = server.credential.as_ref().map(|held| SecretPlace { path, version: held.credential.version });
        Ok(ToolLease { what: server, secret, table, key })
    }

    /// AP-326. The client that an organization's runtime may use, and where its secret lies.
    pub async fn oauth_client_to_lease(&self, granted: &Granted<LeaseOauthClient>) -> Result<ToolLease<OauthClient>> {
        let (scope, LeaseOauthClient { id }) = (granted.scope(), *granted.command());
        let client = self.oauth_client(scope, id).await?;
        let place =
            |credential: &Credential| SecretPlace { path: client_secret_path(scope, id), version: credential.version };
        let secret = client.credential.as_ref().map(place);
        Ok(ToolLease { what: client, secret, table: self.tenant(scope), key: oauth_clients::key(scope, id) })
    }

    /// AP-289. The record that a server's headers, or the way to one that needs none, were handed out.
    pub async fn record_mcp_server_lease(
        &self,
        granted: &Granted<LeaseMcpServer>,
        leased: &ToolLease<McpServer>,
        mint: &mut Mint,
    ) -> Result<()> {
        let credential = leased.what.credential.as_ref().map(|held| &held.credential);
        self.record_tool_lease(granted, leased, (mcp_servers::target(&leased.what), credential), mint).await
    }

    /// AP-289. The same of a client and its secret.
    pub async fn record_oauth_client_lease(
        &self,
        granted: &Granted<LeaseOauthClient>,
        leased: &ToolLease<OauthClient>,
        mint: &mut Mint,
    ) -> Result<()> {
        let credential = leased.what.credential.as_ref();
        self.record_tool_lease(granted, leased, (oauth_clients::target(&leased.what), credential), mint).await
    }

    async fn record_tool_lease<C: Command<Scope = OrgScope>, T>(
        &self,
        granted: &Granted<C>,
        leased: &ToolLease<T>,
        (target, credential): (Target, Option<&Credential>),
        mint: &mut Mint,
    ) -> Result<()> {
        let changes = vec![Change::set("credential_version", credential.map(|credential| credential.version))];
        let event = granted.event(mint, EventKind::CredentialLeased, target, changes);
        let (writes, touched) = (vec![self.event(&event)?], self.touch_tool(leased, credential, mint.now()));
        let (written, ()) = futures::join!(self.transact(writes), touched);
        written.map_err(|fault| fault.into_error("recording a lease"))
    }

    /// What is lost of it is a last use that is a minute older.
    async fn touch_tool<T>(&self, leased: &ToolLease<T>, credential: Option<&Credential>, now: Timestamp) {
        let Some(credential) = credential else { return };
        if credential.last_used_at.is_some_and(|last| now < last.plus(TOUCH)) {
            return;
        }
        let edit = Edit::of(&leased.table, leased.key.clone()).set("credential.last_used_at", now);
        let edit = edit.and_then(|edit| edit.when("credential.version", "=", credential.version));
        if let Ok(edit) = edit
            && let Err(fault) = edit.send(&self.client).await
        {
            tracing::debug!(%fault, "the last use of a credential was not written");
        }
    }
}
