//! Audit events: one in the transaction of every change.

use serde::{Deserialize, Serialize};

use crate::change::{Change, Target};
use crate::id::{EventId, OrganizationId, ProjectId};
use crate::{Actor, Mint, Origin, Principal, Timestamp};

/// What happened, as a closed list; names are past tense and never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// An organization was made.
    #[serde(rename = "organization.created")]
    OrganizationCreated,
    /// Its table, key and default project are there.
    #[serde(rename = "organization.provisioned")]
    OrganizationProvisioned,
    /// Name, slug, metadata or settings changed.
    #[serde(rename = "organization.edited")]
    OrganizationEdited,
    /// Nobody but superadmins gets in.
    #[serde(rename = "organization.archived")]
    OrganizationArchived,
    /// Members get in again.
    #[serde(rename = "organization.restored")]
    OrganizationRestored,
    /// The 30 days before the purge began.
    #[serde(rename = "organization.deletion-requested")]
    OrganizationDeletionRequested,
    /// They were called off.
    #[serde(rename = "organization.deletion-cancelled")]
    OrganizationDeletionCancelled,
    /// Everything of it is gone.
    #[serde(rename = "organization.purged")]
    OrganizationPurged,
    /// A project was made.
    #[serde(rename = "project.created")]
    ProjectCreated,
    /// A project was edited.
    #[serde(rename = "project.edited")]
    ProjectEdited,
    /// A project was archived or brought back.
    #[serde(rename = "project.archived")]
    ProjectArchived,
    /// A project was brought back.
    #[serde(rename = "project.restored")]
    ProjectRestored,
    /// A project was deleted.
    #[serde(rename = "project.deleted")]
    ProjectDeleted,
    /// Somebody got a role in a project, or another one.
    #[serde(rename = "project.member-set")]
    ProjectMemberSet,
    /// Somebody lost the role in a project.
    #[serde(rename = "project.member-removed")]
    ProjectMemberRemoved,
    /// Somebody joined an organization.
    #[serde(rename = "member.added")]
    MemberAdded,
    /// A role in an organization changed.
    #[serde(rename = "member.role-changed")]
    MemberRoleChanged,
    /// Somebody was removed from an organization.
    #[serde(rename = "member.removed")]
    MemberRemoved,
    /// Somebody left an organization.
    #[serde(rename = "member.left")]
    MemberLeft,
    /// A use case was registered.
    #[serde(rename = "use-case.registered")]
    UseCaseRegistered,
    /// A use case was edited or archived.
    #[serde(rename = "use-case.edited")]
    UseCaseEdited,
    /// An agent was registered.
    #[serde(rename = "agent.registered")]
    AgentRegistered,
    /// An agent was edited or archived.
    #[serde(rename = "agent.edited")]
    AgentEdited,
    /// An account was made.
    #[serde(rename = "user.created")]
    UserCreated,
    /// Somebody edited their profile.
    #[serde(rename = "user.edited")]
    UserEdited,
    /// An account was suspended.
    #[serde(rename = "user.suspended")]
    UserSuspended,
    /// An account works again.
    #[serde(rename = "user.reactivated")]
    UserReactivated,
    /// The operator made or unmade a superadmin.
    #[serde(rename = "user.superadmin-changed")]
    SuperadminChanged,
    /// A session began.
    #[serde(rename = "session.started")]
    SessionStarted,
    /// A session was ended by its owner.
    #[serde(rename = "session.revoked")]
    SessionRevoked,
    /// All other sessions were ended.
    #[serde(rename = "session.others-revoked")]
    OtherSessionsRevoked,
    /// A sign-in was refused.
    #[serde(rename = "session.refused")]
    SignInFailed,
    /// A password was changed by its owner.
    #[serde(rename = "password.changed")]
    PasswordChanged,
    /// An import was asked for, or a workbook was dropped.
    #[serde(rename = "import.requested")]
    ImportRequested,
    /// Its rows are valid and are being applied.
    #[serde(rename = "import.started")]
    ImportStarted,
    /// Its result is there.
    #[serde(rename = "import.completed")]
    ImportCompleted,
    /// The workbook could not be used.
    #[serde(rename = "import.failed")]
    ImportFailed,
    /// Somebody asked for the link to the result, which holds passwords.
    #[serde(rename = "import.result-read")]
    ImportResultRead,
    /// A superadmin looked into a tenant's content.
    #[serde(rename = "organization.accessed")]
    TenantAccessed,
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Who created, edited or deleted what.
    Activity,
    /// Sign-ins, roles, refusals, keys.
    Security,
    /// Data that came in or went out.
    Data,
}

impl EventKind {
    /// The name on the wire, such as `organization.created`.
    #[must_use]
    pub fn name(self) -> String {
        let name = serde_json::to_value(self).ok();
        name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What a record of this kind is about.
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            Self::ProjectMemberSet
            | Self::ProjectMemberRemoved
            | Self::MemberAdded
            | Self::MemberRoleChanged
            | Self::MemberRemoved
            | Self::MemberLeft
            | Self::UserSuspended
            | Self::UserReactivated
            | Self::SuperadminChanged
            | Self::SessionStarted
            | Self::SessionRevoked
            | Self::OtherSessionsRevoked
            | Self::SignInFailed
            | Self::TenantAccessed
            | Self::PasswordChanged => Category::Security,
            Self::ImportRequested
            | Self::ImportStarted
            | Self::ImportCompleted
            | Self::ImportFailed
            | Self::ImportResultRead => Category::Data,
            Self::OrganizationCreated
            | Self::OrganizationProvisioned
            | Self::OrganizationEdited
            | Self::OrganizationArchived
            | Self::OrganizationRestored
            | Self::OrganizationDeletionRequested
            | Self::OrganizationDeletionCancelled
            | Self::OrganizationPurged
            | Self::ProjectCreated
            | Self::ProjectEdited
            | Self::ProjectArchived
            | Self::ProjectRestored
            | Self::ProjectDeleted
            | Self::UseCaseRegistered
            | Self::UseCaseEdited
            | Self::AgentRegistered
            | Self::AgentEdited
            | Self::UserCreated
            | Self::UserEdited => Category::Activity,
        }
    }
}

/// Who acted, with the name of that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorRecord {
    /// `user`, `operator`, `object-store`, `system` or `nobody`.
    pub kind: String,
    /// The id, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For whom it acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
}

impl From<&Principal> for ActorRecord {
    fn from(principal: &Principal) -> Self {
        let record = |kind: &str, id: Option<String>, name: Option<String>, on_behalf_of: Option<String>| Self {
            kind: kind.to_owned(),
            id,
            name,
            on_behalf_of,
        };
        match principal {
            Principal::User { id, email, .. } => record("user", Some(id.to_string()), Some(email.clone()), None),
            Principal::Operator => record("operator", None, None, None),
            Principal::Dropper { name } => record("object-store", Some(name.clone()), Some(name.clone()), None),
            Principal::System { part, on_behalf_of } => {
                record("system", Some(part.as_str().to_owned()), None, on_behalf_of.clone())
            }
            Principal::Nobody => record("nobody", None, None, None),
        }
    }
}

/// Whether the act succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It took place.
    Success,
    /// It was refused.
    Refused,
}

/// One audit record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id, which sorts by time.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// In which organization; none for the platform's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// In which project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Who.
    pub actor: ActorRecord,
    /// What.
    pub action: EventKind,
    /// About what.
    pub category: Category,
    /// On what.
    pub target: Target,
    /// Whether it took place.
    pub outcome: Outcome,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Each field before and after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Where the request came from.
    pub origin: Origin,
}

impl Event {
    /// A record of a success, in the organization of the actor's path.
    pub fn of(actor: &Actor, mint: &mut Mint, action: EventKind, target: Target, changes: Vec<Change>) -> Self {
        Self {
            id: mint.id(),
            at: mint.now(),
            organization: actor.standing.as_ref().map(|standing| standing.organization),
            project: None,
            actor: ActorRecord::from(&actor.principal),
            action,
            category: action.category(),
            target,
            outcome: Outcome::Success,
            reason: None,
            changes,
            origin: actor.origin.clone(),
        }
    }

    /// The same record in that organization.
    #[must_use]
    pub fn within(self, organization: OrganizationId) -> Self {
        Self { organization: Some(organization), ..self }
    }

    /// The same record in that project.
    #[must_use]
    pub fn in_project(self, project: ProjectId) -> Self {
        Self { project: Some(project), ..self }
    }

    /// The same record of something that was refused.
    #[must_use]
    pub fn refused(self, reason: &str) -> Self {
        Self { outcome: Outcome::Refused, reason: Some(reason.to_owned()), ..self }
    }
}
