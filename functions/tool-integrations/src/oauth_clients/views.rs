//! What answers show of OAuth clients.

use domain::oauth_client::{AuthorizationServer, OauthClient, RedirectUri, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::credential::ToolCredentialView;

/// An OAuth client.
#[derive(Serialize, ToSchema)]
pub(crate) struct OauthClientView {
    /// Its id.
    #[schema(example = "oac_01JZA000000000000000000000")]
    id: String,
    /// Its name.
    #[schema(example = "Drive")]
    name: String,
    /// Who gives access; absent where both endpoints are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://login.example.com/acme")]
    issuer: Option<String>,
    /// Where people grant access; absent where an issuer tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<String>,
    /// Where tokens are given; absent where an issuer tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    /// As whom it is known there.
    #[schema(example = "portal")]
    client_id: String,
    /// What it asks for.
    #[schema(example = json!(["files.read"]))]
    scopes: Vec<String>,
    /// Where people may be sent back to.
    #[schema(example = json!(["https://hub.example.com/oauth/callback"]))]
    redirect_uris: Vec<String>,
    /// What may be known of its secret; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<ToolCredentialView>,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    created_by: String,
    /// When it was changed last.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl From<&OauthClient> for OauthClientView {
    fn from(client: &OauthClient) -> Self {
        let OauthClient { id, name, server, client_id, scopes, redirect_uris, credential, .. } = client.clone();
        let OauthClient { created_at, created_by, updated_at, version, .. } = client;
        let (issuer, endpoints) = match server {
            AuthorizationServer::Issuer { issuer } => (Some(issuer.to_string()), None),
            AuthorizationServer::Endpoints { authorization_endpoint, token_endpoint } => {
                (None, Some((authorization_endpoint.to_string(), token_endpoint.to_string())))
            }
        };
        let (authorization_endpoint, token_endpoint) = endpoints.unzip();
        Self {
            id: id.to_string(),
            name: name.to_string(),
            issuer,
            authorization_endpoint,
            token_endpoint,
            client_id: client_id.into(),
            scopes: scopes.into_iter().map(Scope::into).collect(),
            redirect_uris: redirect_uris.into_iter().map(RedirectUri::into).collect(),
            credential: credential.as_ref().map(ToolCredentialView::from),
            created_at: created_at.to_string(),
            created_by: created_by.clone(),
            updated_at: updated_at.to_string(),
            version: *version,
        }
    }
}
