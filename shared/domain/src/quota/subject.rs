//! What a limit is set on, and which of these a call falls in.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Rejected;
use crate::id::{ProjectId, UseCaseId, UserId};

/// The kinds of things that may be limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// The organization as a whole: its ceiling.
    Organization,
    /// One project.
    Project,
    /// One use case.
    UseCase,
    /// One person, within the organization.
    User,
}

impl ScopeKind {
    /// Each, the widest first.
    pub const ALL: [Self; 4] = [Self::Organization, Self::Project, Self::UseCase, Self::User];

    /// The name on the wire and in keys.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Project => "project",
            Self::UseCase => "use_case",
            Self::User => "user",
        }
    }
}

/// A value for each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ByKind<T> {
    /// Of organizations.
    pub organization: T,
    /// Of each project.
    pub project: T,
    /// Of each use case.
    pub use_case: T,
    /// Of each person.
    pub user: T,
}

impl<T> ByKind<T> {
    /// The value of a kind.
    #[must_use]
    pub fn get(&self, kind: ScopeKind) -> &T {
        match kind {
            ScopeKind::Organization => &self.organization,
            ScopeKind::Project => &self.project,
            ScopeKind::UseCase => &self.use_case,
            ScopeKind::User => &self.user,
        }
    }

    /// The place of a kind's value.
    pub fn slot(&mut self, kind: ScopeKind) -> &mut T {
        match kind {
            ScopeKind::Organization => &mut self.organization,
            ScopeKind::Project => &mut self.project,
            ScopeKind::UseCase => &mut self.use_case,
            ScopeKind::User => &mut self.user,
        }
    }
}

/// One thing that may be limited, in an organization that is known from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuotaScope {
    /// The organization itself.
    Organization,
    /// A project of it.
    Project(ProjectId),
    /// A use case of it.
    UseCase(UseCaseId),
    /// A person in it.
    User(UserId),
}

impl QuotaScope {
    /// Of which kind.
    #[must_use]
    pub fn kind(self) -> ScopeKind {
        match self {
            Self::Organization => ScopeKind::Organization,
            Self::Project(_) => ScopeKind::Project,
            Self::UseCase(_) => ScopeKind::UseCase,
            Self::User(_) => ScopeKind::User,
        }
    }

    /// Its id; the organization has none here.
    #[must_use]
    pub fn id(self) -> Option<String> {
        match self {
            Self::Organization => None,
            Self::Project(id) => Some(id.to_string()),
            Self::UseCase(id) => Some(id.to_string()),
            Self::User(id) => Some(id.to_string()),
        }
    }
}

/// Written as `organization`, `project#prj_…`, `use_case#ucs_…`, `user#usr_…`.
impl fmt::Display for QuotaScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().as_str())?;
        self.id().map_or(Ok(()), |id| write!(f, "#{id}"))
    }
}

impl std::str::FromStr for QuotaScope {
    type Err = Rejected;
    fn from_str(raw: &str) -> Result<Self, Rejected> {
        if raw == ScopeKind::Organization.as_str() {
            return Ok(Self::Organization);
        }
        let refused = Rejected("must be a scope of quotas");
        let (kind, id) = raw.split_once('#').ok_or(refused)?;
        match ScopeKind::ALL.into_iter().find(|known| known.as_str() == kind).ok_or(refused)? {
            ScopeKind::Organization => Err(refused),
            ScopeKind::Project => id.parse().map(Self::Project),
            ScopeKind::UseCase => id.parse().map(Self::UseCase),
            ScopeKind::User => id.parse().map(Self::User),
        }
    }
}

/// Whom a call is made for: each of these is a scope it falls in, and so is the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScopeSet {
    /// In which project.
    pub project: ProjectId,
    /// By which use case; a call of an agent alone has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_case: Option<UseCaseId>,
    /// For which person; a scheduled run has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

impl ScopeSet {
    /// Its scopes, the widest first: two to four.
    pub fn scopes(&self) -> impl Iterator<Item = QuotaScope> + use<> {
        let all = [
            Some(QuotaScope::Organization),
            Some(QuotaScope::Project(self.project)),
            self.use_case.map(QuotaScope::UseCase),
            self.user.map(QuotaScope::User),
        ];
        all.into_iter().flatten()
    }

    /// Eight bytes that stand for the set: what is settled is what was reserved.
    #[must_use]
    pub fn digest(&self) -> [u8; 8] {
        let mut hash = Sha256::new();
        for scope in self.scopes() {
            hash.update(scope.to_string().as_bytes());
            hash.update([0]);
        }
        let mut short = [0; 8];
        short.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> ScopeSet {
        ScopeSet {
            project: ProjectId::from_parts(1, 1),
            use_case: Some(UseCaseId::from_parts(1, 2)),
            user: Some(UserId::from_parts(1, 3)),
        }
    }

    #[test]
    fn a_call_falls_in_the_organization_and_in_whatever_it_names() {
        let kinds: Vec<ScopeKind> = set().scopes().map(QuotaScope::kind).collect();
        assert_eq!(kinds, ScopeKind::ALL);
        let scheduled = ScopeSet { use_case: None, user: None, ..set() };
        assert_eq!(scheduled.scopes().count(), 2);
    }

    #[test]
    fn sets_that_differ_in_one_scope_have_other_digests() {
        let others = [
            ScopeSet { project: ProjectId::from_parts(1, 9), ..set() },
            ScopeSet { use_case: None, ..set() },
            ScopeSet { user: Some(UserId::from_parts(1, 9)), ..set() },
        ];
        for other in others {
            assert_ne!(other.digest(), set().digest());
        }
    }
}
