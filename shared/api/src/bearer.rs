//! Whoever shows a session or token, where the handler proves it with the same read that it acts on.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use domain::id::OrganizationId;
use domain::{Error, Origin, Result};
use http::request::Parts;
use store::{AskedByToken, IdentifiedProgram};

use crate::authenticate::{Named, refused, signed_in, touch, with_program};
use crate::token::Shown;
use crate::visitor::origin;
use crate::{Caller, Core, Problem};

/// What a request shows, not yet proved. For routes that programs ask so often that a read for who they are alone would be
/// too much; declared with [`crate::Routes::proving`].
#[derive(Clone)]
pub struct Bearer {
    shown: Arc<Shown>,
    origin: Origin,
}

impl Bearer {
    /// The caller in that organization, and what `read` read with the token. A session is proved by a read of its own, and
    /// nothing else is read: such a route belongs to programs, and the caller's grant refuses it.
    ///
    /// # Errors
    /// [`domain::Code::Unauthenticated`]; what the database said.
    pub async fn prove<T, F: Future<Output = Result<Option<(IdentifiedProgram, T)>>>>(
        self,
        core: &Core,
        organization: OrganizationId,
        read: impl FnOnce(AskedByToken) -> F,
    ) -> Result<(Caller, Option<T>)> {
        let Self { shown, origin } = self;
        match shown.as_ref() {
            Shown::Session(token) => {
                let named = Named { organization: Some(organization), person: None };
                Ok((signed_in(core, token, named, core.now(), origin).await?, None))
            }
            Shown::Program(token) => {
                let (account, organization) = (token.account, Some(organization));
                let found = read(AskedByToken { account, token: token.token, organization, named: None }).await?;
                let (program, read) =
                    found.filter(|(found, _)| token.secret.proves(&found.secret)).ok_or_else(refused)?;
                Ok((with_program(program, origin), Some(read)))
            }
        }
    }
}

impl Caller {
    /// Does that, and beside it writes the last use of the session or token where the one that is known is old enough.
    pub async fn in_use<T>(&self, core: &Core, act: impl Future<Output = T>) -> T {
        futures::join!(act, touch(core, self, core.now())).0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let shown = Shown::in_headers(&parts.headers).ok_or_else(refused).map_err(Problem::from)?;
        Ok(Self { shown: Arc::new(shown), origin: origin(parts) })
    }
}

/// What was read for a caller whose grant was given.
///
/// # Errors
/// It was not: a fault of the product.
pub fn read_for<T>(read: Option<T>) -> Result<T> {
    read.ok_or_else(|| Error::internal("a right was given to somebody for whom nothing was read"))
}
