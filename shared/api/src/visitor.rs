//! Where a request comes from, whoever sends it.

use axum::extract::{FromRequestParts, MatchedPath};
use domain::id::RequestId;
use domain::{Actor, Origin, Principal};
use http::request::Parts;

use crate::Problem;

/// The id of a request, made at the edge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tracked(pub(crate) RequestId);

/// The client's network address, as the platform in front of the function tells it; never from a header that a client
/// can set.
#[derive(Clone, Debug, Default)]
pub struct ClientAddress(pub String);

/// Somebody without a session.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Nobody, with where the request came from.
    pub actor: Actor,
    /// The client's network address; empty where it is unknown.
    pub address: String,
    /// Whether a browser sent the request: browsers always say so.
    pub is_browser: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let origin = origin(parts);
        let address = origin.address.clone().unwrap_or_default();
        let is_browser = parts.headers.contains_key("sec-fetch-site");
        Ok(Self { actor: Actor { principal: Principal::Nobody, standing: None, origin }, address, is_browser })
    }
}

pub(crate) fn origin(parts: &Parts) -> Origin {
    let agent = parts.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    let address = parts.extensions.get::<ClientAddress>().map(|address| address.0.clone());
    Origin {
        request: parts.extensions.get::<Tracked>().map(|tracked| tracked.0),
        address: address.filter(|address| !address.is_empty()),
        user_agent: agent.map(|agent| agent.chars().take(256).collect()),
        method: Some(parts.method.to_string()),
        route: parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()),
    }
}
