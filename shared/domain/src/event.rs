//! Audit events: one in the transaction of every change.

use serde::{Deserialize, Serialize};

use crate::change::{Change, Target};
use crate::event_kind::{Category, EventKind};
use crate::id::{EventId, OrganizationId, ProjectId};
use crate::{Actor, Mint, Origin, Principal, Timestamp};

/// Who acted, with the name of that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorRecord {
    /// `user`, `service_account`, `operator`, `object-store`, `system` or `nobody`.
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
    /// Whether the right came from being a superadmin and from nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_superadmin: bool,
}

impl From<&Principal> for ActorRecord {
    fn from(principal: &Principal) -> Self {
        let record = |kind: &str, id: Option<String>, name: Option<String>, on_behalf_of: Option<String>| Self {
            kind: kind.to_owned(),
            id,
            name,
            on_behalf_of,
            as_superadmin: false,
        };
        match principal {
            Principal::User { id, email, .. } => record("user", Some(id.to_string()), Some(email.clone()), None),
            Principal::ServiceAccount { id, name, .. } => {
                record("service_account", Some(id.to_string()), Some(name.clone()), None)
            }
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

    /// The same record of an act that nothing but being a superadmin allowed.
    #[must_use]
    pub fn as_superadmin(mut self, as_superadmin: bool) -> Self {
        self.actor.as_superadmin = as_superadmin;
        self
    }

    /// The same record of something that was refused.
    #[must_use]
    pub fn refused(self, reason: &str) -> Self {
        Self { outcome: Outcome::Refused, reason: Some(reason.to_owned()), ..self }
    }
}
