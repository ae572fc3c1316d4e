//! What the runtime is led to when it asks for a tool: who is called, and where the credential lies.

use domain::mcp_server::{LeaseMcpServer, McpServer};
use domain::oauth_client::{LeaseOauthClient, OauthClient};
use domain::{Error, Granted, OrgScope, Result};

use crate::core::{Store, decode};
use crate::items::TenantItem;
use crate::keys::tool;
use crate::oauth_clients::client_secret_path;

/// Where a secret lies in the vault. Whoever has this has nothing yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretPlace {
    /// The path below the mount.
    pub path: String,
    /// Which version of it is used.
    pub version: u64,
}

impl Store {
    /// AP-312. The server that an organization's runtime may use under that id, and where its headers lie: the organization's own
    /// or one of the platform's, in one round trip over both tables. One that is disabled, or another organization's, is unknown.
    pub async fn mcp_server_to_lease(
        &self,
        granted: &Granted<LeaseMcpServer>,
    ) -> Result<(McpServer, Option<SecretPlace>)> {
        let (scope, LeaseMcpServer { id }) = (granted.scope(), *granted.command());
        let own = [tool::mcp_server(Some(scope.organization()), id)];
        let global = [tool::mcp_server(None, id)];
        let mut found = self.get_across(&[(&self.tenant(scope), &own), (&self.platform, &global)]).await?;
        let item = found.pop().ok_or_else(Error::not_found)?;
        let TenantItem { pk, content: server, .. } = decode::<TenantItem<McpServer>>(item)?;
        if !server.enabled {
            return Err(Error::not_found());
        }
        let is_own = pk == tool::mcp_servers(Some(scope.organization()));
        let place = server.credential.as_ref().map(|held| SecretPlace {
            path: if is_own { own_path(scope, &server) } else { format!("platform/mcp-servers/{id}") },
            version: held.credential.version,
        });
        Ok((server, place))
    }

    /// AP-326. The client that an organization's runtime may use, and where its secret lies.
    pub async fn oauth_client_to_lease(
        &self,
        granted: &Granted<LeaseOauthClient>,
    ) -> Result<(OauthClient, Option<SecretPlace>)> {
        let (scope, LeaseOauthClient { id }) = (granted.scope(), *granted.command());
        let client = self.oauth_client(scope, id).await?;
        let place = client
            .credential
            .as_ref()
            .map(|credential| SecretPlace { path: client_secret_path(scope, id), version: credential.version });
        Ok((client, place))
    }
}

fn own_path(scope: &OrgScope, server: &McpServer) -> String {
    crate::mcp_credentials::mcp_credential_path(scope, server.id)
}
