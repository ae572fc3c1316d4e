//! Where a granted act may reach. A scope is made by a grant alone, and it is the only source of the tenant: no command
//! carries one.

use crate::decide::Place;
use crate::id::{OrganizationId, ProjectId, UserId};
use crate::organization::{Placement, Status};
use crate::{Actor, Error, Result};

/// A scope that a grant can open.
pub trait Reach: Sized {
    /// What the caller names to say where.
    type At;

    /// The place to decide on.
    fn place(at: &Self::At) -> Place;

    /// The scope, once the decision was made.
    ///
    /// # Errors
    /// When the actor knows too little of the place, which a decision made before excludes.
    fn open(actor: &Actor, at: Self::At, seal: Seal) -> Result<Self>;
}

/// Shows that a decision was made; only this crate has one.
pub struct Seal(pub(crate) ());

/// The platform's own tables.
#[derive(Clone, Debug)]
pub struct PlatformScope(());

/// Says "the platform".
#[derive(Clone, Copy, Debug)]
pub struct Platform;

impl Reach for PlatformScope {
    type At = Platform;
    fn place(_: &Platform) -> Place {
        Place::Platform
    }
    fn open(_: &Actor, _: Platform, _: Seal) -> Result<Self> {
        Ok(Self(()))
    }
}

/// One organization's data and nobody else's.
#[derive(Clone, Debug)]
pub struct OrgScope {
    organization: OrganizationId,
    placement: Placement,
    status: Status,
    default_project: ProjectId,
}

impl OrgScope {
    /// Which organization.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// Which table holds it.
    #[must_use]
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// Its status at this request.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Its default project.
    #[must_use]
    pub fn default_project(&self) -> ProjectId {
        self.default_project
    }
}

impl Reach for OrgScope {
    type At = OrganizationId;
    fn place(at: &OrganizationId) -> Place {
        Place::Organization(*at)
    }
    fn open(actor: &Actor, at: OrganizationId, _: Seal) -> Result<Self> {
        let standing = actor.standing.as_ref().filter(|standing| standing.organization == at);
        let standing = standing.ok_or_else(Error::not_found)?;
        Ok(Self {
            organization: at,
            placement: standing.placement,
            status: standing.status,
            default_project: standing.default_project,
        })
    }
}

/// One project of one organization.
#[derive(Clone, Debug)]
pub struct ProjectScope {
    organization: OrgScope,
    project: ProjectId,
}

impl ProjectScope {
    /// The organization around it.
    #[must_use]
    pub fn organization(&self) -> &OrgScope {
        &self.organization
    }

    /// Which project.
    #[must_use]
    pub fn project(&self) -> ProjectId {
        self.project
    }

    /// Whether it is the organization's default project.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.organization.default_project == self.project
    }
}

impl Reach for ProjectScope {
    type At = (OrganizationId, ProjectId);
    fn place(at: &Self::At) -> Place {
        Place::Project(at.0, at.1)
    }
    fn open(actor: &Actor, at: Self::At, seal: Seal) -> Result<Self> {
        Ok(Self { organization: OrgScope::open(actor, at.0, seal)?, project: at.1 })
    }
}

/// What a caller, of whatever kind, is to know of itself.
#[derive(Clone, Debug)]
pub struct CallerScope(());

/// Says "who I am".
#[derive(Clone, Copy, Debug)]
pub struct Oneself;

impl Reach for CallerScope {
    type At = Oneself;
    fn place(_: &Oneself) -> Place {
        Place::Own
    }
    fn open(_: &Actor, _: Oneself, _: Seal) -> Result<Self> {
        Ok(Self(()))
    }
}

/// The caller's own account; a service account has none.
#[derive(Clone, Debug)]
pub struct SelfScope(UserId);

impl SelfScope {
    /// Whose account.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.0
    }
}

/// Says "my own".
#[derive(Clone, Copy, Debug)]
pub struct Own;

impl Reach for SelfScope {
    type At = Own;
    fn place(_: &Own) -> Place {
        Place::Own
    }
    fn open(actor: &Actor, _: Own, _: Seal) -> Result<Self> {
        actor.user().map(Self).ok_or_else(Error::not_found)
    }
}
