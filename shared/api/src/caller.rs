//! Who asks, once the session or token was read.

use axum::extract::FromRequestParts;
use domain::granted::{Command, Granted};
use domain::id::OrganizationId;
use domain::member::Membership;
use domain::organization::Organization;
use domain::scope::Reach;
use domain::service_account::{ApiToken, ServiceAccount};
use domain::session::Session;
use domain::user::User;
use domain::{Actor, Error, Result};
use http::request::Parts;

use crate::Problem;

/// What a request was recognised by.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A person.
    Person {
        /// The session of this request.
        session: Session,
        /// The person's account.
        user: User,
    },
    /// A program.
    Program {
        /// The token of this request.
        token: ApiToken,
        /// Whose it is.
        account: ServiceAccount,
    },
}

/// A person or a program, with everything that the one read told.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The caller as the permission decision sees them.
    pub actor: Actor,
    /// What they were recognised by; what is a person's own takes [`crate::Person`].
    pub identity: Box<Identity>,
    /// The organization of the path.
    pub organization: Option<Organization>,
    /// A person's own place in it.
    pub membership: Option<Membership>,
    /// The place in it of the person whom the path names.
    pub named_member: Option<Membership>,
}

impl Caller {
    /// The right to do that there.
    ///
    /// # Errors
    /// See [`Actor::grant`].
    pub fn grant<C: Command>(&self, command: C, at: <C::Scope as Reach>::At) -> Result<Granted<C>> {
        self.actor.grant(command, at)
    }

    /// The organization of the path, as it was read with the caller's right.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] where the path names none that exists.
    pub fn organization(&self) -> Result<&Organization> {
        self.organization.as_ref().ok_or_else(Error::not_found)
    }

    /// The organization's id.
    ///
    /// # Errors
    /// As [`Caller::organization`].
    pub fn organization_id(&self) -> Result<OrganizationId> {
        self.organization().map(|organization| organization.id)
    }

    /// The membership of the person whom the path names.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] where they do not belong to the organization.
    pub fn named_member(&self) -> Result<&Membership> {
        self.named_member.as_ref().ok_or_else(Error::not_found)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Error::internal("a route that needs a caller was declared open").into())
    }
}
