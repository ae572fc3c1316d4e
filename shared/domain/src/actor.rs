//! Who asks: a principal with its standing in the organization of the path, and where the request came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, ProjectId, RequestId, ServiceAccountId, UserId};
use crate::organization::{Placement, Status};
use crate::{OrgRole, ProjectRole};

/// Who acts. Names are kept as they were at that time, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A signed-in person.
    User {
        /// Whom.
        id: UserId,
        /// The e-mail at that time.
        email: String,
        /// Whether the platform's operator made them a superadmin.
        superadmin: bool,
        /// Whether a temporary password has to be changed before anything else.
        must_change_password: bool,
    },
    /// A program with an API token.
    ServiceAccount {
        /// Which account.
        id: ServiceAccountId,
        /// Its name at that time.
        name: String,
        /// Whether it is the platform's own, whose role is `runtime`; else it is an organization's, and has a standing there
        /// and nowhere else.
        runtime: bool,
    },
    /// The platform's operator at a command line.
    Operator,
    /// Somebody who may write to the object store and is known there by a name only.
    Dropper {
        /// The principal's name in the object store.
        name: String,
    },
    /// A part of the product that finishes what somebody began, such as provisioning, the purge or an import.
    System {
        /// Which part.
        part: SystemPart,
        /// For whom it acts.
        on_behalf_of: Option<String>,
    },
    /// Nobody: a request without a session, such as a sign-in.
    Nobody,
}

/// The parts of the product that act on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemPart {
    /// Makes and unmakes what an organization stands on.
    TenantLifecycle,
    /// Applies the rows of a bulk import.
    Importer,
    /// Lets those in who show the link of an invitation.
    Invitations,
    /// Tells people what happened.
    Notifier,
    /// Closes what was used into statements.
    QuotaReset,
    /// Looks whether MCP servers answer.
    ToolWatch,
    /// Replaces credentials of providers.
    ProviderRotations,
    /// Turns organizations' encryption keys.
    EncryptionKeys,
}

impl SystemPart {
    /// The name in the audit log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TenantLifecycle => "tenant-lifecycle",
            Self::Importer => "import-worker",
            Self::Invitations => "invitations",
            Self::Notifier => "notifications",
            Self::QuotaReset => "quota-reset",
            Self::ToolWatch => "tool-watch",
            Self::ProviderRotations => "provider-rotations",
            Self::EncryptionKeys => "encryption-keys",
        }
    }
}

/// Where a request came from, as the audit log records it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The request's id, also in the answer and the log.
    pub request: Option<RequestId>,
    /// The client's network address.
    pub address: Option<String>,
    /// What the client calls itself, cut to 256 characters.
    pub user_agent: Option<String>,
    /// The HTTP method.
    pub method: Option<String>,
    /// The route's pattern, such as `/v1/organizations/{org}`.
    pub route: Option<String>,
}

/// What the platform table says of the organization of the path and of the caller's place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which organization.
    pub organization: OrganizationId,
    /// Its status at this request; `deleted` as soon as its purge has begun.
    pub status: Status,
    /// Which table holds it.
    pub placement: Placement,
    /// Its default project.
    pub default_project: ProjectId,
    /// The caller's role in it; none for a superadmin who is no member.
    pub role: Option<OrgRole>,
    /// The caller's grants in its team projects.
    pub projects: BTreeMap<ProjectId, ProjectRole>,
}

/// One caller of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub principal: Principal,
    /// The place in the organization of the path, if the path names one that exists.
    pub standing: Option<Standing>,
    /// Where from.
    pub origin: Origin,
}

impl Actor {
    /// Whether this is a superadmin, for whom every check of the matrix passes.
    #[must_use]
    pub fn is_superadmin(&self) -> bool {
        matches!(self.principal, Principal::User { superadmin: true, .. })
    }

    /// The same person with no more than what roles give.
    #[must_use]
    pub fn without_superadmin(&self) -> Self {
        let mut actor = self.clone();
        if let Principal::User { superadmin, .. } = &mut actor.principal {
            *superadmin = false;
        }
        actor
    }

    /// The person's id, if it is a person.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self.principal {
            Principal::User { id, .. } => Some(id),
            Principal::ServiceAccount { .. }
            | Principal::Operator
            | Principal::Dropper { .. }
            | Principal::System { .. }
            | Principal::Nobody => None,
        }
    }

    /// The service account's id, if it is one.
    #[must_use]
    pub fn service_account(&self) -> Option<ServiceAccountId> {
        match self.principal {
            Principal::ServiceAccount { id, .. } => Some(id),
            Principal::User { .. }
            | Principal::Operator
            | Principal::Dropper { .. }
            | Principal::System { .. }
            | Principal::Nobody => None,
        }
    }

    /// The id of the person or service account, for what belongs to a caller alone, such as an idempotency key.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let user = self.user().map(|id| id.to_string());
        user.or_else(|| self.service_account().map(|id| id.to_string()))
    }

    /// The role in the organization of the path.
    #[must_use]
    pub fn role(&self) -> Option<OrgRole> {
        self.standing.as_ref().and_then(|standing| standing.role)
    }

    /// The effective role in a project of the organization of the path, by product rule: superadmin and owner are
    /// admins, the default project follows the organization role, a team project follows its grant.
    #[must_use]
    pub fn project_role(&self, project: ProjectId) -> Option<ProjectRole> {
        let standing = self.standing.as_ref()?;
        match standing.role {
            _ if self.is_superadmin() => Some(ProjectRole::Admin),
            Some(OrgRole::Owner) => Some(ProjectRole::Admin),
            Some(role) if project == standing.default_project => Some(role.in_default_project()),
            Some(_) => standing.projects.get(&project).copied(),
            None => None,
        }
    }
}
