//! What is stored: one struct an item type, with its keys, and the way to the domain and back.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::ActorRecord;
use domain::id::{ImportId, OrganizationId, ProjectId, SessionId, UserId};
use domain::import::{Counts, Job, State as ImportState};
use domain::member::{Membership, ProjectGrant};
use domain::metadata::Metadata;
use domain::name::{DisplayName, OrgName, Slug};
use domain::organization::{Organization, Placement, State};
use domain::role::Source;
use domain::session::Session;
use domain::settings::OrganizationSettings;
use domain::user::{User, UserStatus};
use domain::{Email, Event, OrgRole, Timestamp};
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

#[derive(Serialize, Deserialize)]
pub(crate) struct UserItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) id: UserId,
    pub(crate) email: Email,
    pub(crate) display_name: DisplayName,
    pub(crate) status: UserStatus,
    /// While suspended: whether the account waited for its e-mail to be confirmed, and does so again afterwards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) was_pending: bool,
    pub(crate) email_verified: bool,
    pub(crate) must_change_password: bool,
    pub(crate) superadmin: bool,
    /// A DynamoDB set, which cannot be empty: absent where there are none.
    #[serde(default, with = "serde_dynamo::string_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) organizations: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sign_in_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) session_epoch: u64,
    pub(crate) version: u64,
}

impl From<&User> for UserItem {
    fn from(user: &User) -> Self {
        let User { id, email, display_name, status, email_verified, must_change_password, .. } = user.clone();
        let User { superadmin, organizations, last_sign_in_at, created_at, session_epoch, version, .. } = user.clone();
        let Key { pk, sk } = keys::user(id);
        let organizations = organizations.iter().map(OrganizationId::to_string).collect();
        Self {
            pk,
            sk,
            id,
            email,
            display_name,
            status,
            was_pending: false,
            email_verified,
            must_change_password,
            superadmin,
            organizations,
            last_sign_in_at,
            created_at,
            session_epoch,
            version,
        }
    }
}

impl From<UserItem> for User {
    fn from(item: UserItem) -> Self {
        let UserItem { id, email, display_name, status, email_verified, must_change_password, .. } = item;
        let UserItem { superadmin, organizations, last_sign_in_at, created_at, session_epoch, version, .. } = item;
        let organizations = organizations.iter().filter_map(|id| id.parse().ok()).collect();
        Self {
            id,
            email,
            display_name,
            status,
            email_verified,
            must_change_password,
            superadmin,
            organizations,
            last_sign_in_at,
            created_at,
            session_epoch,
            version,
        }
    }
}

/// The claim of an e-mail, with what a sign-in needs.
#[derive(Serialize, Deserialize)]
pub(crate) struct LoginItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) user: UserId,
    pub(crate) password: String,
    /// Seconds since 1970 after which a temporary password is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_until: Option<u64>,
    /// The person's session epoch, so that a sign-in knows it.
    pub(crate) epoch: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    /// SHA-256 of the secret.
    pub(crate) secret: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    pub(crate) epoch: u64,
    pub(crate) expires: u64,
}

impl SessionItem {
    pub(crate) fn of(session: &Session, secret: String) -> Self {
        let Session { id, user, created_at, last_used_at, address, user_agent, epoch } = session.clone();
        let Key { pk, sk } = keys::session(user, id);
        let expires = session.created_at.plus(domain::session::LIFETIME).seconds();
        Self { pk, sk, id, user, secret, created_at, last_used_at, address, user_agent, epoch, expires }
    }
}

impl From<SessionItem> for Session {
    fn from(item: SessionItem) -> Self {
        let SessionItem { id, user, created_at, last_used_at, address, user_agent, epoch, .. } = item;
        Self { id, user, created_at, last_used_at, address, user_agent, epoch }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MembershipItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    pub(crate) user: UserId,
    pub(crate) organization: OrganizationId,
    pub(crate) email: Email,
    pub(crate) display_name: String,
    pub(crate) role: OrgRole,
    pub(crate) source: Source,
    /// Which row of which import made it, so that a replay knows its own work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) import_row: Option<String>,
    pub(crate) projects: BTreeMap<String, ProjectGrant>,
    pub(crate) joined_at: Timestamp,
    pub(crate) version: u64,
}

impl MembershipItem {
    pub(crate) fn of(membership: &Membership, import_row: Option<String>) -> Self {
        let Membership { user, organization, email, display_name, role, source, projects, joined_at, version } =
            membership.clone();
        let Key { pk, sk } = keys::membership(user, organization);
        Self {
            pk,
            sk,
            gsi1pk: index::members_of(organization),
            gsi1sk: email.folded(),
            user,
            organization,
            email,
            display_name,
            role,
            source,
            import_row,
            projects: projects.into_iter().map(|(id, grant)| (id.to_string(), grant)).collect(),
            joined_at,
            version,
        }
    }
}

impl From<MembershipItem> for Membership {
    fn from(item: MembershipItem) -> Self {
        let MembershipItem {
            user, organization, email, display_name, role, source, projects, joined_at, version, ..
        } = item;
        let projects = projects.into_iter().filter_map(|(id, grant)| Some((id.parse().ok()?, grant))).collect();
        Self { user, organization, email, display_name, role, source, projects, joined_at, version }
    }
}

/// Anything of a tenant table whose fields are the domain's own.
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

#[derive(Serialize, Deserialize)]
pub(crate) struct ImportItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    /// Only while the job is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
    id: ImportId,
    dry_run: bool,
    source: String,
    state: ImportState,
    /// The state's name, for conditions.
    pub(crate) stage: String,
    rows: u32,
    created: u32,
    added: u32,
    errors: u32,
    #[serde(default, with = "serde_dynamo::string_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) chunks_done: BTreeSet<String>,
    created_at: Timestamp,
    created_by: ActorRecord,
    updated_at: Timestamp,
}

impl From<&Job> for ImportItem {
    fn from(job: &Job) -> Self {
        let Job { id, dry_run, source, state, counts, created_at, created_by, updated_at, .. } = job.clone();
        let Key { pk, sk } = keys::import(id);
        let open = !state.is_over();
        Self {
            pk,
            sk,
            gsi1pk: index::IMPORTS.to_owned(),
            gsi1sk: index::import(id),
            gsi2pk: open.then(|| index::OPEN_IMPORTS.to_owned()),
            gsi2sk: open.then(|| index::import(id)),
            id,
            dry_run,
            source,
            stage: state.as_str().to_owned(),
            state,
            rows: counts.rows,
            created: counts.created,
            added: counts.added,
            errors: counts.errors,
            chunks_done: BTreeSet::new(),
            created_at,
            created_by,
            updated_at,
        }
    }
}

impl From<ImportItem> for Job {
    fn from(item: ImportItem) -> Self {
        let ImportItem { id, dry_run, source, state, rows, created, added, errors, chunks_done, .. } = item;
        let ImportItem { created_at, created_by, updated_at, .. } = item;
        let chunks_done = u32::try_from(chunks_done.len()).unwrap_or(u32::MAX);
        let counts = Counts { rows, created, added, errors };
        Self { id, dry_run, source, state, counts, chunks_done, created_at, created_by, updated_at }
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
