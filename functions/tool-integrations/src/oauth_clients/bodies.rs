//! What is asked of OAuth clients.

use std::collections::BTreeSet;

use domain::id::OauthClientId;
use domain::name::ItemName;
use domain::oauth_client::{
    AuthorizationServerPatch, ClientId, CreateOauthClient, EditOauthClient, HttpsUrl, IssuerUrl, RedirectUri, Scope,
};
use domain::{Patch, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use vault::Secret;

use crate::typed::Typed;

/// A new OAuth client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateOauthClientBody {
    /// Its name; the only one among the organization's clients.
    #[schema(value_type = String, min_length = 1, max_length = 120, example = "Drive")]
    name: ItemName,
    /// Who gives access, if it tells its own endpoints (RFC 8414, OpenID Connect discovery).
    #[schema(value_type = Option<String>, max_length = 2000, example = "https://login.example.com/acme")]
    issuer: Option<IssuerUrl>,
    /// Where people grant access; together with `token_endpoint` in place of `issuer`.
    #[schema(value_type = Option<String>, max_length = 2000)]
    authorization_endpoint: Option<HttpsUrl>,
    /// Where tokens are given.
    #[schema(value_type = Option<String>, max_length = 2000)]
    token_endpoint: Option<HttpsUrl>,
    /// As whom it is known there.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "portal")]
    client_id: ClientId,
    /// What it asks for; at most 50.
    #[schema(value_type = Option<Vec<String>>, example = json!(["files.read"]))]
    #[serde(default)]
    scopes: BTreeSet<Scope>,
    /// Where people may be sent back to: https, or http to 127.0.0.1, [::1] or localhost, without fragment; at most 10.
    #[schema(value_type = Option<Vec<String>>, example = json!(["https://hub.example.com/oauth/callback"]))]
    #[serde(default)]
    redirect_uris: BTreeSet<RedirectUri>,
}

impl CreateOauthClientBody {
    pub(crate) fn command(self) -> CreateOauthClient {
        let Self { name, issuer, authorization_endpoint, token_endpoint, client_id, scopes, redirect_uris } = self;
        let server = AuthorizationServerPatch {
            issuer: given(issuer),
            authorization_endpoint: given(authorization_endpoint),
            token_endpoint: given(token_endpoint),
        };
        CreateOauthClient { name, server, client_id, scopes, redirect_uris }
    }
}

fn given<T>(value: Option<T>) -> Patch<T> {
    value.map_or(Patch::Keep, Patch::Set)
}

/// A merge patch of an OAuth client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OauthClientPatch {
    /// A new name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, example = "Drive")]
    #[serde(default)]
    name: Patch<ItemName>,
    /// Another issuer; its secret is void then.
    #[schema(value_type = Option<String>, max_length = 2000, example = "https://login.example.com/acme")]
    #[serde(default)]
    issuer: Patch<IssuerUrl>,
    /// Another place where people grant access.
    #[schema(value_type = Option<String>, max_length = 2000)]
    #[serde(default)]
    authorization_endpoint: Patch<HttpsUrl>,
    /// Another place where tokens are given; at another host or port its secret is void.
    #[schema(value_type = Option<String>, max_length = 2000)]
    #[serde(default)]
    token_endpoint: Patch<HttpsUrl>,
    /// Another client id; its secret is void then.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "portal")]
    #[serde(default)]
    client_id: Patch<ClientId>,
    /// Other scopes, all of them.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    scopes: Patch<BTreeSet<Scope>>,
    /// Other redirect URIs, all of them.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    redirect_uris: Patch<BTreeSet<RedirectUri>>,
}

impl OauthClientPatch {
    pub(crate) fn command(self, id: OauthClientId, version: u64) -> Result<EditOauthClient> {
        let Self { name, issuer, authorization_endpoint, token_endpoint, client_id, scopes, redirect_uris } = self;
        Ok(EditOauthClient {
            id,
            version,
            name: name.unless_cleared("/name")?,
            server: AuthorizationServerPatch { issuer, authorization_endpoint, token_endpoint },
            client_id: client_id.unless_cleared("/client_id")?,
            scopes,
            redirect_uris,
        })
    }
}

/// The secret of an OAuth client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientSecretBody {
    /// The secret.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 4096)]
    client_secret: Typed,
}

impl ClientSecretBody {
    /// What is stored of it, under the name that a runtime reads.
    pub(crate) fn fields(self) -> Result<[(&'static str, Secret); 1]> {
        Ok([("client_secret", self.client_secret.secret("/client_secret")?)])
    }
}
