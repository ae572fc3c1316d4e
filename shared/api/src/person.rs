//! A caller who is a person: what is somebody's own belongs to no program.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use domain::session::Session;
use domain::user::User;
use domain::{Code, Error};
use http::request::Parts;

use crate::{Caller, Identity, Problem};

/// A signed-in person. A service account is refused: it has no profile, no password and no sessions.
#[derive(Clone, Debug)]
pub struct Person {
    caller: Caller,
    /// The session of this request.
    pub session: Session,
    /// The person's account.
    pub user: User,
}

impl Deref for Person {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.identity.as_ref().clone() {
            Identity::Person { session, user } => Ok(Self { caller, session, user }),
            Identity::Program { .. } => {
                Err(Error::new(Code::Forbidden, "this belongs to people; a service account has none of it").into())
            }
        }
    }
}
