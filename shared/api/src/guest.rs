//! Whoever asks on a route for anybody, where it matters whether they are signed in.

use axum::extract::FromRequestParts;
use domain::Result;
use domain::user::User;
use http::request::Parts;
use store::Asked;

use crate::token::Shown;
use crate::{Core, Problem, Token, Visitor};

/// Somebody who may show a session. A program's token counts for nothing here: no program answers for a person.
pub struct Guest {
    /// Where the request comes from.
    pub visitor: Visitor,
    token: Option<Token>,
}

impl Guest {
    /// The person of the session, if one was shown that holds; one that does not hold is none. One read where one was
    /// shown.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn person(&self, core: &Core) -> Result<Option<User>> {
        let Some(token) = &self.token else { return Ok(None) };
        let asked = Asked { user: token.user, session: token.session, organization: None, named: None };
        let found = core.store.identify(asked, core.now()).await?;
        Ok(found.filter(|found| token.proves(&found.secret)).map(|found| found.user))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let token = match Shown::in_headers(&parts.headers) {
            Some(Shown::Session(token)) => Some(token),
            Some(Shown::Program(_)) | None => None,
        };
        Ok(Self { visitor, token })
    }
}
