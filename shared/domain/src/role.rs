//! Roles in organizations and projects; the higher one has everything of the lower one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;

/// A role in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrgRole {
    /// Belongs to it.
    Member,
    /// Runs it day by day.
    Admin,
    /// Answers for it; the last one can neither leave nor be removed or demoted.
    Owner,
}

impl OrgRole {
    /// Every role, lowest first.
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role this one brings in the default project, where no grants are stored.
    #[must_use]
    pub fn in_default_project(self) -> ProjectRole {
        match self {
            Self::Owner => ProjectRole::Admin,
            Self::Admin => ProjectRole::Builder,
            Self::Member => ProjectRole::Operator,
        }
    }
}

impl TryFrom<&str> for OrgRole {
    type Error = Rejected;

    /// Ignores case; an unknown role is an error, never the lowest.
    fn try_from(raw: &str) -> Result<Self, Rejected> {
        let wanted = raw.to_ascii_lowercase();
        Self::ALL.into_iter().find(|role| role.as_str() == wanted).ok_or(Rejected("must be owner, admin or member"))
    }
}

impl fmt::Display for OrgRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A role in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectRole {
    /// Reads.
    Viewer,
    /// Also runs.
    Operator,
    /// Also registers and edits use cases and agents.
    Builder,
    /// Also edits the project, its models, its members and the quotas of its use cases.
    Admin,
}

impl ProjectRole {
    /// Every role, lowest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Operator, Self::Builder, Self::Admin];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Builder => "builder",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for ProjectRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a grant came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Somebody with the right added it.
    Manual,
    /// An invitation was accepted.
    Invitation,
    /// A bulk import.
    Import,
    /// A mapping of the identity provider's groups.
    Sso,
}

impl Source {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Invitation => "invitation",
            Self::Import => "import",
            Self::Sso => "sso",
        }
    }
}
