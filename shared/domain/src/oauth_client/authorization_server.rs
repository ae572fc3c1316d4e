//! Who gives access: a server that is known by its issuer, or by its two addresses.

use serde::{Deserialize, Serialize};

use super::{HttpsUrl, IssuerUrl};
use crate::{Code, Error, Patch, Result};

/// An authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AuthorizationServer {
    /// It tells its own addresses (RFC 8414, OpenID Connect discovery).
    Issuer {
        /// Its name for itself.
        issuer: IssuerUrl,
    },
    /// It does not.
    Endpoints {
        /// Where people grant access.
        authorization_endpoint: HttpsUrl,
        /// Where the client exchanges that for tokens, with its secret.
        token_endpoint: HttpsUrl,
    },
}

impl AuthorizationServer {
    /// Whether a secret that was stored for the one may be sent to the other. Of an issuer every part counts: many servers of
    /// one host differ in the path alone.
    #[must_use]
    pub fn takes_secret_of(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Issuer { issuer }, Self::Issuer { issuer: before }) => issuer == before,
            (Self::Endpoints { token_endpoint, .. }, Self::Endpoints { token_endpoint: before, .. }) => {
                token_endpoint.origin() == before.origin()
            }
            (Self::Issuer { .. }, Self::Endpoints { .. }) | (Self::Endpoints { .. }, Self::Issuer { .. }) => false,
        }
    }

    /// Its addresses, by the names of their fields.
    #[must_use]
    pub fn addresses(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Issuer { issuer } => vec![("issuer", issuer.to_string())],
            Self::Endpoints { authorization_endpoint, token_endpoint } => vec![
                ("authorization_endpoint", authorization_endpoint.to_string()),
                ("token_endpoint", token_endpoint.to_string()),
            ],
        }
    }
}

/// What becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationServerPatch {
    /// Another issuer; the endpoints go, unless they are named.
    pub issuer: Patch<IssuerUrl>,
    /// Another place where people grant access; the issuer goes, unless it is named.
    pub authorization_endpoint: Patch<HttpsUrl>,
    /// Another place where tokens are given; the issuer goes, unless it is named.
    pub token_endpoint: Patch<HttpsUrl>,
}

impl AuthorizationServerPatch {
    /// The server with the change, or the new one.
    ///
    /// # Errors
    /// [`Code::Invalid`] where it has neither an issuer nor both endpoints, or more than that.
    pub fn over(self, before: Option<&AuthorizationServer>) -> Result<AuthorizationServer> {
        let Self { issuer, authorization_endpoint, token_endpoint } = self;
        let is_set = |endpoint: &Patch<HttpsUrl>| matches!(endpoint, Patch::Set(_));
        let by_issuer = matches!(issuer, Patch::Set(_));
        let by_endpoints = is_set(&authorization_endpoint) || is_set(&token_endpoint);
        let (had_issuer, had_authorization, had_token) = match before {
            Some(AuthorizationServer::Issuer { issuer }) => (Some(issuer.clone()), None, None),
            Some(AuthorizationServer::Endpoints { authorization_endpoint, token_endpoint }) => {
                (None, Some(authorization_endpoint.clone()), Some(token_endpoint.clone()))
            }
            None => (None, None, None),
        };
        let issuer = issuer.over(had_issuer.filter(|_| !by_endpoints));
        let authorization = authorization_endpoint.over(had_authorization.filter(|_| !by_issuer));
        let token = token_endpoint.over(had_token.filter(|_| !by_issuer));
        let refused = |words: &'static str, at: &'static str| Err(Error::new(Code::Invalid, words).at(at));
        match (issuer, authorization, token) {
            (Some(issuer), None, None) => Ok(AuthorizationServer::Issuer { issuer }),
            (None, Some(authorization_endpoint), Some(token_endpoint)) => {
                Ok(AuthorizationServer::Endpoints { authorization_endpoint, token_endpoint })
            }
            (None, None, None) => refused("a client needs an issuer, or both endpoints", "/issuer"),
            (None, None, Some(_)) => refused("beside the other endpoint this one is needed", "/authorization_endpoint"),
            (None, Some(_), None) => refused("beside the other endpoint this one is needed", "/token_endpoint"),
            (Some(_), _, _) => refused("an issuer tells its own endpoints", "/issuer"),
        }
    }
}
