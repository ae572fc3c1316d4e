//! What is stored of organizations, claims, tenants' things and events: one struct an item type, with its keys, and the way to the domain
//! and back.

use domain::id::{OrganizationId, ProjectId};
use domain::metadata::Metadata;
use domain::name::{OrgName, Slug};
use domain::organization::{Organization, Placement, State};
use domain::settings::OrganizationSettings;
use domain::{Event, Timestamp};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key, index};

/// A claim of a name, with who holds it.
#[derive(Serialize, Deserialize)]
pub(crate) struct ClaimItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) holder: String,
}

impl ClaimItem {
    pub(crate) fn of(Key { pk, sk }: Key, holder: impl ToString) -> Self {
        Self { pk, sk, holder: holder.to_string() }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct OrganizationItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    gsi2pk: String,
    gsi2sk: String,
    id: OrganizationId,
    name: OrgName,
    slug: Slug,
    metadata: Metadata,
    settings: OrganizationSettings,
    state: State,
    placement: Placement,
    default_project: ProjectId,
    created_at: Timestamp,
    created_by: String,
    updated_at: Timestamp,
    updated_by: String,
    pub(crate) owners: u64,
    version: u64,
}

impl From<&Organization> for OrganizationItem {
    fn from(organization: &Organization) -> Self {
        let Organization { id, name, slug, metadata, settings, state, placement, default_project, .. } =
            organization.clone();
        let Organization { created_at, created_by, updated_at, updated_by, version, .. } = organization.clone();
        let Key { pk, sk } = keys::organization(id);
        let by_name = index::by_name(&name.folded(), id);
        Self {
            pk,
            sk,
            gsi1pk: index::ORGANIZATIONS.to_owned(),
            gsi1sk: by_name.clone(),
            gsi2pk: index::organizations_of(state.status()),
            gsi2sk: by_name,
            id,
            name,
            slug,
            metadata,
            settings,
            state,
            placement,
            default_project,
            created_at,
            created_by,
            updated_at,
            updated_by,
            owners: 0,
            version,
        }
    }
}

impl From<OrganizationItem> for Organization {
    fn from(item: OrganizationItem) -> Self {
        let OrganizationItem { id, name, slug, metadata, settings, state, placement, default_project, .. } = item;
        let OrganizationItem { created_at, created_by, updated_at, updated_by, version, .. } = item;
        Self {
            id,
            name,
            slug,
            metadata,
            settings,
            state,
            placement,
            default_project,
            created_at,
            created_by,
            updated_at,
            updated_by,
            version,
        }
    }
}

/// A gate of an organization and its part of the member count.
#[derive(Serialize, Deserialize)]
pub(crate) struct TallyItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) open: bool,
    pub(crate) members: u64,
}

/// Anything whose fields are the domain's own: most of what tenant tables hold, and a few items of the platform.
#[derive(Serialize, Deserialize)]
pub(crate) struct TenantItem<T> {
    pub(crate) pk: String,
    pub(crate) sk: String,
    #[serde(flatten)]
    pub(crate) content: T,
}

impl<T> TenantItem<T> {
    pub(crate) fn of(Key { pk, sk }: Key, content: T) -> Self {
        Self { pk, sk, content }
    }
}

/// An audit event; its fields are the attributes that queries filter by.
#[derive(Serialize, Deserialize)]
pub(crate) struct EventItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    #[serde(flatten)]
    event: Event,
}

impl From<&Event> for EventItem {
    fn from(event: &Event) -> Self {
        let Key { pk, sk } = keys::event::of(event);
        let gsi1pk = keys::event::day_partition(&event.at.day(), keys::event::shard(event));
        Self { pk, sk, gsi1pk, gsi1sk: event.id.to_string(), event: event.clone() }
    }
}

impl From<EventItem> for Event {
    fn from(item: EventItem) -> Self {
        item.event
    }
}
