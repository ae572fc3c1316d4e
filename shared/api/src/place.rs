//! Ids in the path: what is no id of the right kind is an unknown resource.

use axum::extract::{FromRequestParts, Path};
use domain::Error;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::Problem;

/// The path's parameters.
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|_| Problem::from(Error::not_found()))
    }
}
