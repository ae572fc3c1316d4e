//! Organizations: the tenants, their life from provisioning to tombstone, and what can be asked of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, ProjectId};
use crate::metadata::Metadata;
use crate::name::{OrgName, Slug};
use crate::settings::{OrganizationSettings, SettingsPatch};
use crate::{
    Action, Code, Command, Error, OrgRole, OrgScope, Patch, PlatformScope, ProjectRole, Result, Standing, Timestamp,
};

pub use crate::organization_state::{Archived, GRACE, State, Status};

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
            status: self.state.standing(),
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
