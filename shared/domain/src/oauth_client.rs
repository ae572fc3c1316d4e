//! OAuth clients: as whom an organization's tools ask for access at somebody else's service.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::OauthClientId;
use crate::name::ItemName;
use crate::provider::Credential;
use crate::{Code, Error, Result, Timestamp};

mod authorization_server;
mod commands;
mod https_url;
mod redirect_uri;
mod words;

pub use authorization_server::{AuthorizationServer, AuthorizationServerPatch};
pub use commands::{
    CreateOauthClient, DeleteOauthClient, EditOauthClient, LeaseOauthClient, ReadOauthClients, RemoveClientSecret,
    SetClientSecret,
};
pub use https_url::{HttpsUrl, IssuerUrl};
pub use redirect_uri::RedirectUri;
pub use words::{ClientId, Scope};

/// So many scopes one client asks for at most.
pub const SCOPES_MAX: usize = 50;
/// To so many addresses people may be sent back at most.
pub const REDIRECT_URIS_MAX: usize = 10;

/// An OAuth client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OauthClient {
    /// Its id.
    pub id: OauthClientId,
    /// Its name.
    pub name: ItemName,
    /// Who gives access.
    #[serde(flatten)]
    pub server: AuthorizationServer,
    /// As whom it is known there.
    pub client_id: ClientId,
    /// What it asks for.
    pub scopes: BTreeSet<Scope>,
    /// Where people may be sent back to.
    pub redirect_uris: BTreeSet<RedirectUri>,
    /// What is known of its secret; the secret itself is in the vault. None = a public client, or none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Credential>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

impl OauthClient {
    /// Whether a secret that was stored for the one may be used as the other: it goes nowhere but where it was meant to, and
    /// under no other name.
    #[must_use]
    pub fn takes_secret_of(&self, before: &Self) -> bool {
        self.client_id == before.client_id && self.server.takes_secret_of(&before.server)
    }

    fn within_bounds(self) -> Result<Self> {
        let refused = |words: &'static str, at: &'static str| Err(Error::new(Code::Invalid, words).at(at));
        if self.scopes.len() > SCOPES_MAX {
            return refused("a client asks for at most 50 scopes", "/scopes");
        }
        if self.redirect_uris.len() > REDIRECT_URIS_MAX {
            return refused("a client has at most 10 redirect URIs", "/redirect_uris");
        }
        Ok(self)
    }
}

impl CreateOauthClient {
    /// The new client.
    ///
    /// # Errors
    /// Too many scopes or redirect URIs; neither an issuer nor both endpoints.
    pub fn made(&self, id: OauthClientId, created_by: String, at: Timestamp) -> Result<OauthClient> {
        let Self { name, server, client_id, scopes, redirect_uris } = self.clone();
        let client = OauthClient {
            id,
            name,
            server: server.over(None)?,
            client_id,
            scopes,
            redirect_uris,
            credential: None,
            created_at: at,
            created_by,
            updated_at: at,
            version: 1,
        };
        client.within_bounds()
    }
}

impl EditOauthClient {
    /// The client with the change. Its secret goes where it was not stored for the new one.
    ///
    /// # Errors
    /// As [`CreateOauthClient::made`].
    pub fn apply(&self, before: &OauthClient, at: Timestamp) -> Result<OauthClient> {
        let Self { id: _, version: _, name, server, client_id, scopes, redirect_uris } = self.clone();
        let after = OauthClient {
            name: name.unwrap_or_else(|| before.name.clone()),
            server: server.over(Some(&before.server))?,
            client_id: client_id.unwrap_or_else(|| before.client_id.clone()),
            scopes: scopes.over(Some(before.scopes.clone())).unwrap_or_default(),
            redirect_uris: redirect_uris.over(Some(before.redirect_uris.clone())).unwrap_or_default(),
            updated_at: at,
            version: before.version + 1,
            ..before.clone()
        };
        let stays = after.takes_secret_of(before);
        OauthClient { credential: before.credential.clone().filter(|_| stays), ..after }.within_bounds()
    }
}

#[cfg(test)]
#[path = "oauth_client/oauth_client_tests.rs"]
mod tests;
