//! What answers show of organizations and projects.

use std::collections::BTreeMap;

use api::StatusName;
use domain::id::{Id, Kind};
use domain::organization::{Organization, Placement, State, Status};
use domain::project::{Project, ProjectKind, Registered};
use domain::settings::OrganizationSettings;
use serde::Serialize;
use utoipa::ToSchema;

/// An organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationView {
    /// Its id.
    #[schema(example = "org_01JZA000000000000000000000")]
    id: String,
    /// Its name, unique ignoring case.
    #[schema(example = "Acme")]
    name: String,
    /// Its name in addresses, unique.
    #[schema(example = "acme")]
    slug: String,
    /// Free pairs.
    metadata: BTreeMap<String, String>,
    /// Settings.
    #[schema(value_type = SettingsView)]
    settings: OrganizationSettings,
    /// Where it is in its life.
    #[schema(value_type = StatusName)]
    status: Status,
    /// Whether it has a table of its own.
    #[schema(value_type = PlacementName)]
    placement: Placement,
    /// Its default project.
    default_project_id: String,
    /// How many people belong to it; only where one organization is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    member_count: Option<u64>,
    /// Since when it is archived; kept while it is deleting.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at: Option<String>,
    /// By whom it was archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_by: Option<String>,
    /// When the purge may begin; only while it is deleting.
    #[serde(skip_serializing_if = "Option::is_none")]
    purge_at: Option<String>,
    /// When it was made.
    created_at: String,
    /// By whom.
    created_by: String,
    /// When it was changed last.
    updated_at: String,
    /// By whom.
    updated_by: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl From<&Organization> for OrganizationView {
    fn from(organization: &Organization) -> Self {
        let Organization { id, name, slug, metadata, settings, state, placement, default_project, .. } = organization;
        let Organization { created_at, created_by, updated_at, updated_by, version, .. } = organization;
        let purge_at = match state {
            State::Deleting { purge_at, .. } => Some(purge_at.to_string()),
            State::Provisioning | State::Active | State::Archived(_) => None,
        };
        Self {
            id: id.to_string(),
            name: name.to_string(),
            slug: slug.to_string(),
            metadata: metadata.pairs().clone(),
            settings: settings.clone(),
            status: state.status(),
            placement: *placement,
            default_project_id: default_project.to_string(),
            member_count: None,
            archived_at: state.archived().map(|archived| archived.at.to_string()),
            archived_by: state.archived().map(|archived| archived.by.clone()),
            purge_at,
            created_at: created_at.to_string(),
            created_by: created_by.clone(),
            updated_at: updated_at.to_string(),
            updated_by: updated_by.clone(),
            version: *version,
        }
    }
}

impl OrganizationView {
    pub(crate) fn with_members(self, count: u64) -> Self {
        Self { member_count: Some(count), ..self }
    }
}

/// Settings of an organization; absent = the platform's default.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) struct SettingsView {
    /// The provider that is taken where several offer a model.
    default_provider: Option<String>,
    /// The model that is taken where none is named.
    default_model: Option<String>,
}

/// `dedicated`: a table of its own; `pooled`: in the table that pooled organizations share.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum PlacementName {
    Dedicated,
    Pooled,
}

/// A project.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProjectView {
    /// Its id.
    #[schema(example = "prj_01JZA000000000000000000000")]
    id: String,
    /// Its name, unique in the organization.
    name: String,
    /// What it is for.
    description: String,
    /// `default` or `team`.
    #[schema(value_type = String)]
    kind: ProjectKind,
    /// Models that may be used; empty = all that the organization has.
    models_allowed: Vec<String>,
    /// The model that is taken where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_model: Option<String>,
    /// Whether it is out of use.
    archived: bool,
    /// When it was made.
    created_at: String,
    /// By whom.
    created_by: String,
    /// When it was changed last.
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl From<&Project> for ProjectView {
    fn from(project: &Project) -> Self {
        let Project { id, name, description, kind, models_allowed, default_model, archived, .. } = project;
        let Project { created_at, created_by, updated_at, version, .. } = project;
        Self {
            id: id.to_string(),
            name: name.to_string(),
            description: description.to_string(),
            kind: *kind,
            models_allowed: models_allowed.iter().cloned().map(String::from).collect(),
            default_model: default_model.clone().map(String::from),
            archived: *archived,
            created_at: created_at.to_string(),
            created_by: created_by.clone(),
            updated_at: updated_at.to_string(),
            version: *version,
        }
    }
}

/// A use case or an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegisteredView {
    /// Its id: `ucs_…` or `agt_…`.
    id: String,
    /// Its project.
    project_id: String,
    /// Its name.
    name: String,
    /// Whether it is out of use.
    archived: bool,
    /// When it was registered.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl<K: Kind> From<&Registered<Id<K>>> for RegisteredView {
    fn from(registered: &Registered<Id<K>>) -> Self {
        let Registered { id, project, name, archived, created_at, updated_at, version } = registered;
        Self {
            id: id.to_string(),
            project_id: project.to_string(),
            name: name.to_string(),
            archived: *archived,
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
            version: *version,
        }
    }
}
