//! Organizations: the tenants, their life from provisioning to tombstone, and what can be asked of them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, ProjectId};
use crate::metadata::Metadata;
use crate::name::{OrgName, Slug};
use crate::settings::{OrganizationSettings, SettingsPatch};
use crate::{
    Action, Code, Command, Error, OrgRole, OrgScope, Patch, PlatformScope, ProjectRole, Result, Standing, Timestamp,
};

/// How long a deletion can be called off.
pub const GRACE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Where an organization's own data lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// In a table of its own.
    #[default]
    Dedicated,
    /// In the table that pooled organizations share; same keys, same code.
    Pooled,
}

/// The name of a state, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its table, key and default project are being made.
    Provisioning,
    /// In use.
    Active,
    /// Nobody but a superadmin gets in.
    Archived,
    /// In the 30 days before the purge, or in the purge.
    Deleting,
    /// Gone; only the tombstone is left.
    Deleted,
}

impl Status {
    /// Every status, in the order of an organization's life.
    pub const ALL: [Self; 5] = [Self::Provisioning, Self::Active, Self::Archived, Self::Deleting, Self::Deleted];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }
}

/// A state with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum State {
    /// Being made.
    Provisioning,
    /// In use.
    Active,
    /// Out of use.
    Archived {
        /// Since when.
        at: Timestamp,
        /// By whom.
        by: String,
    },
    /// To be purged.
    Deleting {
        /// Since when.
        at: Timestamp,
        /// By whom.
        by: String,
        /// When the purge may begin.
        purge_at: Timestamp,
        /// Whether it was archived before, which it is again if the deletion is called off.
        was_archived: bool,
    },
}

impl State {
    /// The state's name.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Provisioning => Status::Provisioning,
            Self::Active => Status::Active,
            Self::Archived { .. } => Status::Archived,
            Self::Deleting { .. } => Status::Deleting,
        }
    }

    /// Active becomes archived.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state.
    pub fn archive(&self, at: Timestamp, by: String) -> Result<Self> {
        match self {
            Self::Active => Ok(Self::Archived { at, by }),
            Self::Provisioning | Self::Archived { .. } | Self::Deleting { .. } => Err(self.refuse("archived")),
        }
    }

    /// Archived becomes active.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state.
    pub fn restore(&self) -> Result<Self> {
        match self {
            Self::Archived { .. } => Ok(Self::Active),
            Self::Provisioning | Self::Active | Self::Deleting { .. } => Err(self.refuse("restored")),
        }
    }

    /// Active or archived begins its 30 days.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state.
    pub fn delete(&self, at: Timestamp, by: String) -> Result<Self> {
        let was_archived = match self {
            Self::Active => false,
            Self::Archived { .. } => true,
            Self::Provisioning | Self::Deleting { .. } => return Err(self.refuse("deleted")),
        };
        Ok(Self::Deleting { at, by, purge_at: at.plus(GRACE), was_archived })
    }

    /// Calls a deletion off: back to what it was.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state, and once the 30 days are over.
    pub fn cancel_deletion(&self, now: Timestamp) -> Result<Self> {
        match self {
            Self::Deleting { purge_at, .. } if now >= *purge_at => Err(self.refuse("kept any more")),
            Self::Deleting { at, by, was_archived: true, .. } => Ok(Self::Archived { at: *at, by: by.clone() }),
            Self::Deleting { was_archived: false, .. } => Ok(Self::Active),
            Self::Provisioning | Self::Active | Self::Archived { .. } => Err(self.refuse("taken back from deletion")),
        }
    }

    fn refuse(&self, step: &str) -> Error {
        let status = self.status().as_str();
        Error::new(Code::OrganizationState, format!("an organization that is {status} cannot be {step}"))
    }
}

/// A tenant as the registry holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: OrgName,
    /// Its name in addresses.
    pub slug: Slug,
    /// Free pairs.
    pub metadata: Metadata,
    /// Settings that its admins choose.
    pub settings: OrganizationSettings,
    /// Where it is in its life.
    pub state: State,
    /// Which table holds its data.
    pub placement: Placement,
    /// Its default project.
    pub default_project: ProjectId,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// By whom.
    pub updated_by: String,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// `POST /v1/organizations`
#[derive(Clone, Debug)]
pub struct CreateOrganization {
    /// Its name.
    pub name: OrgName,
    /// Its slug; absent = made from the name.
    pub slug: Option<Slug>,
    /// Free pairs.
    pub metadata: Metadata,
    /// Settings.
    pub settings: OrganizationSettings,
    /// Which table.
    pub placement: Placement,
}

impl Command for CreateOrganization {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::CreateOrganization
    }
}

/// `GET /v1/organizations`
#[derive(Clone, Debug)]
pub struct ListOrganizations {
    /// The beginning of the name, ignoring case.
    pub name_prefix: Option<String>,
    /// Only those.
    pub status: Option<Status>,
}

impl Command for ListOrganizations {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ListOrganizations
    }
}

/// `GET /v1/organizations/{org}`
#[derive(Clone, Copy, Debug)]
pub struct ReadOrganization;

impl Command for ReadOrganization {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadOrganization
    }
}

/// `PATCH /v1/organizations/{org}`
#[derive(Clone, Debug, Default)]
pub struct EditOrganization {
    /// The version that was read.
    pub version: u64,
    /// A new name.
    pub name: Option<OrgName>,
    /// A new slug.
    pub slug: Option<Slug>,
    /// Pairs to set, or to remove with `None`; `Clear` removes all.
    pub metadata: Patch<BTreeMap<String, Option<String>>>,
    /// Settings to change; `Clear` resets all.
    pub settings: Patch<SettingsPatch>,
}

impl Command for EditOrganization {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::EditOrganization
    }
}

impl Organization {
    /// What a caller of that role stands on here.
    #[must_use]
    pub fn standing(&self, role: Option<OrgRole>, projects: BTreeMap<ProjectId, ProjectRole>) -> Standing {
        Standing {
            organization: self.id,
            status: self.state.status(),
            placement: self.placement,
            default_project: self.default_project,
            role,
            projects,
        }
    }
}

impl EditOrganization {
    /// The organization with the change.
    ///
    /// # Errors
    /// [`Code::Invalid`] when the metadata would go beyond their limits.
    pub fn apply(&self, before: &Organization, at: Timestamp, by: String) -> Result<Organization> {
        let metadata = match &self.metadata {
            Patch::Keep => before.metadata.clone(),
            Patch::Clear => Metadata::default(),
            Patch::Set(patch) => {
                let patched = before.metadata.patched(patch.clone());
                patched.map_err(|why| Error::new(Code::Invalid, why.0).at("/metadata"))?
            }
        };
        let settings = match &self.settings {
            Patch::Keep => before.settings.clone(),
            Patch::Clear => OrganizationSettings::default(),
            Patch::Set(patch) => before.settings.patched(patch.clone()),
        };
        Ok(Organization {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            slug: self.slug.clone().unwrap_or_else(|| before.slug.clone()),
            metadata,
            settings,
            updated_at: at,
            updated_by: by,
            version: before.version + 1,
            ..before.clone()
        })
    }
}

/// A step in an organization's life that a caller asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveOrganization {
    /// `POST …/archive`
    Archive,
    /// `POST …/restore`
    Restore,
    /// `POST …/delete`
    Delete {
        /// The organization's name, typed to confirm.
        confirm: String,
    },
    /// `POST …/cancel-deletion`
    CancelDeletion,
}

impl Command for MoveOrganization {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        match self {
            Self::Archive => Action::ArchiveOrganization,
            Self::Restore => Action::RestoreOrganization,
            Self::Delete { .. } => Action::DeleteOrganization,
            Self::CancelDeletion => Action::CancelDeletion,
        }
    }
}

/// Finds organizations that wait to be finished or purged.
#[derive(Clone, Copy, Debug)]
pub struct SweepTenants;

impl Command for SweepTenants {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::RunTenantLifecycle
    }
}

/// Makes, or finishes making, what an organization stands on.
#[derive(Clone, Copy, Debug)]
pub struct Provision;

impl Command for Provision {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::RunTenantLifecycle
    }
}

/// Removes everything of an organization whose 30 days are over.
#[derive(Clone, Copy, Debug)]
pub struct Purge;

impl Command for Purge {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::RunTenantLifecycle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u64) -> Timestamp {
        Timestamp::from_millis(day * 86_400_000)
    }

    #[test]
    fn an_archived_organization_comes_back_archived_from_a_cancelled_deletion() {
        let archived = State::Active.archive(at(1), "a".into()).unwrap();
        let deleting = archived.delete(at(2), "b".into()).unwrap();
        assert_eq!(deleting.cancel_deletion(at(3)).unwrap().status(), Status::Archived);
        let from_active = State::Active.delete(at(2), "b".into()).unwrap();
        assert_eq!(from_active.cancel_deletion(at(3)).unwrap(), State::Active);
    }

    #[test]
    fn a_deletion_can_be_called_off_for_thirty_days_and_no_longer() {
        let deleting = State::Active.delete(at(0), "a".into()).unwrap();
        assert!(deleting.cancel_deletion(Timestamp::from_millis(at(30).millis() - 1)).is_ok());
        assert!(deleting.cancel_deletion(at(30)).is_err());
    }

    #[test]
    fn no_step_is_taken_twice_or_from_a_wrong_state() {
        let archived = State::Active.archive(at(1), "a".into()).unwrap();
        let deleting = State::Active.delete(at(1), "a".into()).unwrap();
        for refused in [
            archived.archive(at(2), "a".into()),
            State::Provisioning.archive(at(2), "a".into()),
            State::Active.restore(),
            deleting.restore(),
            deleting.delete(at(2), "a".into()),
            State::Provisioning.delete(at(2), "a".into()),
            archived.cancel_deletion(at(2)),
        ] {
            assert_eq!(refused.unwrap_err().code(), Code::OrganizationState);
        }
    }
}
