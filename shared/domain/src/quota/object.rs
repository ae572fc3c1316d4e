//! A thing that may be limited, as it is named where rights to it are decided: a use case with the project around it.

use serde::{Deserialize, Serialize};

use super::QuotaScope;
use crate::decide::Place;
use crate::id::{OrganizationId, ProjectId, UseCaseId, UserId};
use crate::{Action, Command, OrgScope};

/// One thing of an organization that may be limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ScopeObject {
    /// The organization itself: its ceiling.
    Organization,
    /// A project of it.
    Project {
        /// Which.
        id: ProjectId,
    },
    /// A use case of it.
    UseCase {
        /// Which.
        id: UseCaseId,
        /// In which project.
        project: ProjectId,
    },
    /// A person in it.
    User {
        /// Whom.
        id: UserId,
    },
}

impl ScopeObject {
    /// The same without what is around it, as counters know it.
    #[must_use]
    pub fn scope(self) -> QuotaScope {
        match self {
            Self::Organization => QuotaScope::Organization,
            Self::Project { id } => QuotaScope::Project(id),
            Self::UseCase { id, project: _ } => QuotaScope::UseCase(id),
            Self::User { id } => QuotaScope::User(id),
        }
    }

    /// The project that it is, or is in.
    #[must_use]
    pub fn project(self) -> Option<ProjectId> {
        match self {
            Self::Project { id } => Some(id),
            Self::UseCase { id: _, project } => Some(project),
            Self::Organization | Self::User { .. } => None,
        }
    }

    /// The right to say what limits it: the ceiling is the platform's, a use case also its project's admin's.
    #[must_use]
    pub fn managed_by(self) -> Action {
        match self {
            Self::Organization => Action::ManageQuotaCeiling,
            Self::Project { .. } | Self::User { .. } => Action::ManageQuotas,
            Self::UseCase { .. } => Action::ManageUseCaseQuotas,
        }
    }

    /// The right to decide about requests for more of it.
    #[must_use]
    pub fn decided_by(self) -> Action {
        match self {
            Self::Organization => Action::ManageQuotaCeiling,
            Self::Project { .. } | Self::User { .. } => Action::DecideQuotaRequests,
            Self::UseCase { .. } => Action::ManageUseCaseQuotas,
        }
    }

    /// The right to read what was set on it.
    #[must_use]
    pub fn read_by(self) -> Action {
        match self {
            Self::Organization | Self::Project { .. } | Self::User { .. } => Action::ManageQuotas,
            Self::UseCase { .. } => Action::ManageUseCaseQuotas,
        }
    }

    /// The right to ask for more of it, which is to be subject to it: in a project that is whoever runs there. That nobody
    /// asks for somebody else is a rule of its own.
    #[must_use]
    pub fn asked_by(self) -> Action {
        match self {
            Self::Organization | Self::User { .. } => Action::RequestQuota,
            Self::Project { .. } | Self::UseCase { .. } => Action::RunInProject,
        }
    }

    /// Where it is decided who may set what limits it.
    pub(super) fn place(self, organization: OrganizationId) -> Place {
        match self {
            Self::UseCase { project, .. } => Place::Project(organization, project),
            Self::Organization | Self::Project { .. } | Self::User { .. } => Place::Organization(organization),
        }
    }

    /// Where it is decided who is subject to it.
    pub(super) fn place_within(self, organization: OrganizationId) -> Place {
        self.project().map_or(Place::Organization(organization), |project| Place::Project(organization, project))
    }
}

/// Something that is done to what limits one thing, by whoever may say what limits it.
#[derive(Clone, Debug)]
pub struct Limiting<C> {
    /// The thing.
    pub object: ScopeObject,
    /// What is done.
    pub what: C,
}

impl<C> Command for Limiting<C> {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        self.object.managed_by()
    }
    fn place(&self, at: &OrganizationId) -> Place {
        self.object.place(*at)
    }
}

#[cfg(test)]
#[path = "object_tests.rs"]
mod tests;
