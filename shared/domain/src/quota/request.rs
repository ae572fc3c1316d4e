//! Requests for more tokens: asked by whoever is subject to a limit, decided by whoever may set it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{KeptReason, Period, RequestStanding, RequestState, ScopeObject, Tokens};
use crate::decide::Place;
use crate::id::{OrganizationId, QuotaRequestId, UserId};
use crate::{Action, Actor, Code, Command, Error, OrgScope, ProjectRole, Result, Timestamp};

/// So long a request waits to be decided.
pub const REQUEST_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);
/// So far apart clocks may be: that a request has expired is written down so long after it has.
const CLOCKS: Duration = Duration::from_secs(5 * 60);

/// The latest instant whose requests have expired for everybody.
#[must_use]
pub fn expired_since(now: Timestamp) -> Timestamp {
    now.minus(REQUEST_LIFETIME).minus(CLOCKS)
}

/// Somebody asks for more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaRequest {
    /// Its id.
    pub id: QuotaRequestId,
    /// Of what.
    pub on: ScopeObject,
    /// What that was called.
    pub name: String,
    /// In which period.
    pub period: Period,
    /// How many more, at least one.
    pub tokens: Tokens,
    /// Why.
    pub reason: KeptReason,
    /// Who asks.
    pub by: Requester,
    /// What became of it.
    pub state: RequestState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// Who asks for more, with the e-mail of that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// The person's id.
    pub user: UserId,
    /// The person's e-mail.
    pub email: String,
}

impl QuotaRequest {
    /// What it is now.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> RequestStanding {
        match self.state {
            RequestState::Pending { expires } if expires > now => RequestStanding::Pending,
            RequestState::Pending { .. } | RequestState::Expired { .. } => RequestStanding::Expired,
            RequestState::Approved { .. } => RequestStanding::Approved,
            RequestState::Denied { .. } => RequestStanding::Denied,
            RequestState::Cancelled { .. } => RequestStanding::Cancelled,
        }
    }

    /// What it becomes once it has expired for everybody, also for those whose clock is behind; none while it may be decided,
    /// and of what is over.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> Option<RequestState> {
        match self.state {
            RequestState::Pending { expires } if expires.plus(CLOCKS) <= now => {
                Some(RequestState::Expired { at: expires })
            }
            RequestState::Pending { .. }
            | RequestState::Approved { .. }
            | RequestState::Denied { .. }
            | RequestState::Cancelled { .. }
            | RequestState::Expired { .. } => None,
        }
    }

    /// Nobody decides on the own request, not even a superadmin.
    ///
    /// # Errors
    /// [`Code::Forbidden`]
    pub fn may_be_decided_by(&self, actor: &Actor) -> Result<()> {
        let own = actor.user() == Some(self.by.user);
        let refused = || Error::new(Code::Forbidden, "nobody decides on their own request");
        (!own).then_some(()).ok_or_else(refused)
    }

    /// Only who asked takes it back.
    ///
    /// # Errors
    /// [`Code::Forbidden`]
    pub fn may_be_cancelled_by(&self, actor: &Actor) -> Result<()> {
        let own = actor.user() == Some(self.by.user);
        own.then_some(()).ok_or_else(|| Error::new(Code::Forbidden, "only who asked may take it back"))
    }

    /// Whether it is shown to somebody who belongs to the organization: to who asked, and to those who may decide.
    #[must_use]
    pub fn is_shown_to(&self, actor: &Actor) -> bool {
        let in_project = |project| actor.project_role(project) >= Some(ProjectRole::Admin);
        actor.is_superadmin()
            || actor.role() >= Some(crate::OrgRole::Admin)
            || actor.user() == Some(self.by.user)
            || matches!(self.on, ScopeObject::UseCase { project, .. } if in_project(project))
    }
}

/// `POST …/quota-requests`; the reason goes its own way, as it is sealed once this was granted.
#[derive(Clone, Debug)]
pub struct AskForMore {
    /// Of what.
    pub object: ScopeObject,
    /// In which period.
    pub period: Period,
    /// How many more, at least one.
    pub tokens: Tokens,
}

impl AskForMore {
    /// Nobody asks for somebody else's limit, and programs ask for nothing.
    ///
    /// # Errors
    /// [`Code::Forbidden`]
    pub fn requester(&self, actor: &Actor) -> Result<UserId> {
        let refused = |words| Error::new(Code::Forbidden, words);
        let user = actor.user().ok_or_else(|| refused("people ask for more; a service account does not"))?;
        match self.object {
            ScopeObject::User { id } if id != user => Err(refused("nobody asks for somebody else")),
            ScopeObject::User { .. }
            | ScopeObject::Organization
            | ScopeObject::Project { .. }
            | ScopeObject::UseCase { .. } => Ok(user),
        }
    }
}

impl Command for AskForMore {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        self.object.asked_by()
    }
    fn place(&self, at: &OrganizationId) -> Place {
        self.object.place_within(*at)
    }
}

/// `GET …/quota-requests` and one of them, as far as they are shown to the caller; also what is read before it can be decided
/// who may decide.
#[derive(Clone, Copy, Debug)]
pub struct ReadQuotaRequests;

impl Command for ReadQuotaRequests {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadOwnQuotas
    }
}

/// `POST …/quota-requests/{id}/cancel`
#[derive(Clone, Copy, Debug)]
pub struct CancelRequest {
    /// Which.
    pub id: QuotaRequestId,
}

impl Command for CancelRequest {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadOwnQuotas
    }
}

/// `POST …/quota-requests/{id}/approve` and `/deny`
#[derive(Clone, Debug)]
pub struct DecideRequest {
    /// Which.
    pub id: QuotaRequestId,
    /// Of what.
    pub object: ScopeObject,
    /// How.
    pub decision: Decision,
}

/// How a request is decided.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Tokens for the present window: as many as were asked for, or another amount.
    TopUp(Option<Tokens>),
    /// A limit that stays: what binds now and what was asked for together, or another one.
    Limit(Option<Tokens>),
    /// Nothing; a note goes its own way, as it is sealed once this was granted.
    Deny,
}

impl Command for DecideRequest {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        self.object.decided_by()
    }
    fn place(&self, at: &OrganizationId) -> Place {
        self.object.place(*at)
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
