//! The registry of organizations: make, read, list, edit, and the steps of their life that callers ask for.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::id::OrganizationId;
use domain::name::Slug;
use domain::organization::{
    CreateOrganization, EditOrganization, ListOrganizations, MoveOrganization, Organization, ReadOrganization, State,
    Status,
};
use domain::{Actor, Code, Error, EventKind, Granted, Mint, Result};

use crate::core::{Store, decode, encode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::idempotency::{Idempotency, Made};
use crate::items::{ClaimItem, OrganizationItem, TallyItem};
use crate::keys::{self, Key, TALLIES, index};
use crate::page::{Page, Query};
use crate::provider_uses::unknown_default;

impl Store {
    /// AP-10. The registry entry, its name and slug claims, closed gates and the event in one transaction; the
    /// organization is `provisioning` until its table, key and default project are there.
    ///
    /// # Errors
    /// [`Code::OrganizationNameTaken`], [`Code::OrganizationSlugTaken`]; [`Code::Invalid`] for a default provider that is not the
    /// platform's.
    pub async fn create_organization(
        &self,
        granted: &Granted<CreateOrganization>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Organization>> {
        let organization = new_organization(granted, mint);
        match self.try_create(granted, sent, mint, &organization).await {
            // The caller did not choose the slug, so another one is found for them.
            Err(error) if error.code() == Code::OrganizationSlugTaken && granted.command().slug.is_none() => {
                let id = organization.id.ulid().to_string().to_lowercase();
                let mark = id.get(18..).unwrap_or(&id);
                let slug = Slug::of(&organization.name, Some(mark));
                self.try_create(granted, sent, mint, &Organization { slug, ..organization }).await
            }
            outcome => outcome,
        }
    }

    async fn try_create(
        &self,
        granted: &Granted<CreateOrganization>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
        organization: &Organization,
    ) -> Result<Made<Organization>> {
        let Organization { id, name, slug, .. } = organization;
        let event = granted
            .event(mint, EventKind::OrganizationCreated, target(organization), created(organization))
            .within(*id);
        let mut writes = vec![
            put_new(&self.platform, &ClaimItem::of(keys::organization_name(&name.folded()), id))?,
            put_new(&self.platform, &ClaimItem::of(keys::organization_slug(slug.as_str()), id))?,
            put_new(&self.platform, &OrganizationItem::from(organization))?,
            self.event(&event)?,
        ];
        for number in 0..TALLIES {
            let Key { pk, sk } = keys::tally_numbered(*id, number);
            writes.push(put_new(&self.platform, &TallyItem { pk, sk, open: false, members: 0 })?);
        }
        let default_at = writes.len();
        writes.extend(self.first_default(*id, organization.settings.default_provider)?);
        let mark = self.mark(granted.actor(), sent, id, mint)?;
        self.make(writes, mark, organization.clone()).await?.map_err(|fault| match fault.refused() {
            Some(0) => name_taken(),
            Some(1) => slug_taken(),
            Some(at) if at == default_at => unknown_default(),
            _ => fault.into_error("creating an organization"),
        })
    }

    /// AP-11. What an earlier request with the same idempotency key made.
    pub async fn created_organization(
        &self,
        _: &Granted<CreateOrganization>,
        id: OrganizationId,
    ) -> Result<Organization> {
        self.organization(id).await
    }

    /// AP-1B. How many people belong to it, over all gates; the entry itself was read with the caller's right.
    pub async fn count_members(&self, granted: &Granted<ReadOrganization>) -> Result<u64> {
        let pk = keys::organization(granted.scope().organization()).pk;
        let query = Query::of(&self.platform, pk).beginning_with(keys::TALLY_PREFIX);
        let (tallies, _) = self.query(&query, None, u32::from(TALLIES)).await?;
        tallies.into_iter().map(|item| decode::<TallyItem>(item).map(|tally| tally.members)).sum()
    }

    pub(crate) async fn organization(&self, id: OrganizationId) -> Result<Organization> {
        let item: Option<OrganizationItem> = self.get(&self.platform, &keys::organization(id)).await?;
        item.map(Organization::from).ok_or_else(Error::not_found)
    }

    /// AP-12. Organizations by name, all or of one status; the index is eventually consistent.
    pub async fn list_organizations(
        &self,
        granted: &Granted<ListOrganizations>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Organization>> {
        let ListOrganizations { name_prefix, status } = granted.command();
        let (by, partition) = match status {
            None => (index::FIRST, index::ORGANIZATIONS.to_owned()),
            Some(status) => (index::SECOND, index::organizations_of(*status)),
        };
        let prefix = name_prefix.as_deref().map(domain::name::folded).unwrap_or_default();
        let query = Query::on(&self.platform, by, partition).beginning_with(prefix);
        let page = self.page("organizations", query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| decode::<OrganizationItem>(item).map(Organization::from));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-13. Name, slug, metadata and settings, on the version that was read.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`], [`Code::OrganizationNameTaken`], [`Code::OrganizationSlugTaken`]; [`Code::Invalid`] for a
    /// default provider that is neither the organization's nor the platform's.
    pub async fn edit_organization(
        &self,
        granted: &Granted<EditOrganization>,
        before: &Organization,
        mint: &mut Mint,
    ) -> Result<Organization> {
        // What the edit leaves alone is written as it was read, the state too: it must be the version that is replaced.
        if granted.command().version != before.version {
            return Err(Error::stale());
        }
        let after = granted.command().apply(before, mint.now(), acting(granted.actor()))?;
        let changes = edited(before, &after);
        if changes.is_empty() {
            return Ok(before.clone());
        }
        let event = granted.event(mint, EventKind::OrganizationEdited, target(&after), changes);
        let mut writes = vec![self.replace(&after, before.version)?, self.event(&event)?];
        let name = (keys::organization_name(&before.name.folded()), keys::organization_name(&after.name.folded()));
        let slug = (keys::organization_slug(before.slug.as_str()), keys::organization_slug(after.slug.as_str()));
        let name_at = writes.len();
        writes.extend(self.move_claim(name, after.id)?);
        let slug_at = writes.len();
        writes.extend(self.move_claim(slug, after.id)?);
        let default_at = writes.len();
        let default = (before.settings.default_provider, after.settings.default_provider);
        writes.extend(self.default_provider_moves(granted.scope(), default).await?);
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(at) if at >= default_at => unknown_default(),
            Some(at) if at == slug_at => slug_taken(),
            Some(at) if at == name_at => name_taken(),
            _ => fault.into_error("editing an organization"),
        })?;
        Ok(after)
    }

    /// AP-14. Archive, restore, delete, take back: the state, the gates that let people join, and the event.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from a state without that step, [`Code::ConfirmationMismatch`].
    pub async fn move_organization(
        &self,
        granted: &Granted<MoveOrganization>,
        before: &Organization,
        mint: &mut Mint,
    ) -> Result<Organization> {
        let (state, kind) = step(granted.command(), before, mint, acting(granted.actor()))?;
        let after = Organization {
            updated_at: mint.now(),
            updated_by: acting(granted.actor()),
            version: before.version + 1,
            state,
            ..before.clone()
        };
        let changes = Change::between("status", before.state.status(), after.state.status()).into_iter().collect();
        let event = granted.event(mint, kind, target(&after), changes);
        let mut writes = vec![self.replace(&after, before.version)?, self.event(&event)?];
        writes.extend(self.gates(after.id, after.state.status() == Status::Active)?);
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::new(Code::Conflict, "somebody changed the organization at this moment; try again"),
            _ => fault.into_error("moving an organization"),
        })?;
        Ok(after)
    }

    /// Writes everything of a registry entry but its owner count, on that version.
    pub(crate) fn replace(&self, after: &Organization, version: u64) -> Result<TransactWriteItem> {
        let item = encode(&OrganizationItem::from(after))?;
        let edit = Edit::of(&self.platform, keys::organization(after.id)).set_all(item, &["owners"])?;
        edit.when("version", "=", version)?.update()
    }

    /// Opens or closes all gates.
    pub(crate) fn gates(&self, id: OrganizationId, open: bool) -> Result<Vec<TransactWriteItem>> {
        let gate =
            |number| Edit::of(&self.platform, keys::tally_numbered(id, number)).set("open", open)?.if_there().update();
        (0..TALLIES).map(gate).collect()
    }

    fn move_claim(&self, (from, to): (Key, Key), holder: OrganizationId) -> Result<Vec<TransactWriteItem>> {
        if from == to {
            return Ok(vec![]);
        }
        let old = Edit::of(&self.platform, from).when("holder", "=", holder)?;
        Ok(vec![put_new(&self.platform, &ClaimItem::of(to, holder))?, old.delete()?])
    }
}

fn new_organization(granted: &Granted<CreateOrganization>, mint: &mut Mint) -> Organization {
    let CreateOrganization { name, slug, metadata, settings, placement } = granted.command().clone();
    let by = acting(granted.actor());
    Organization {
        id: mint.id(),
        slug: slug.unwrap_or_else(|| Slug::of(&name, None)),
        name,
        metadata,
        settings,
        state: State::Provisioning,
        placement,
        default_project: mint.id(),
        created_at: mint.now(),
        created_by: by.clone(),
        updated_at: mint.now(),
        updated_by: by,
        version: 1,
    }
}

fn step(command: &MoveOrganization, before: &Organization, mint: &Mint, by: String) -> Result<(State, EventKind)> {
    let (now, state) = (mint.now(), &before.state);
    match command {
        MoveOrganization::Archive => Ok((state.archive(now, by)?, EventKind::OrganizationArchived)),
        MoveOrganization::Restore => Ok((state.restore()?, EventKind::OrganizationRestored)),
        MoveOrganization::Delete { confirm } if confirm != before.name.as_str() => {
            Err(Error::new(Code::ConfirmationMismatch, "must be the organization's name").at("/confirm"))
        }
        MoveOrganization::Delete { .. } => Ok((state.delete(now, by)?, EventKind::OrganizationDeletionRequested)),
        MoveOrganization::CancelDeletion => Ok((state.cancel_deletion(now)?, EventKind::OrganizationDeletionCancelled)),
    }
}

/// Whom a change is put down to in the registry.
pub(crate) fn acting(actor: &Actor) -> String {
    let record = domain::event::ActorRecord::from(&actor.principal);
    record.id.unwrap_or(record.kind)
}

pub(crate) fn target(organization: &Organization) -> Target {
    Target::named("organization", organization.id, &organization.name)
}

fn created(organization: &Organization) -> Vec<Change> {
    vec![
        Change::set("name", &organization.name),
        Change::set("slug", &organization.slug),
        Change::set("placement", organization.placement),
        Change::set("metadata", &organization.metadata),
        Change::set("settings", &organization.settings),
    ]
}

fn edited(before: &Organization, after: &Organization) -> Vec<Change> {
    let changes = [
        Change::between("name", &before.name, &after.name),
        Change::between("slug", &before.slug, &after.slug),
        Change::between("metadata", &before.metadata, &after.metadata),
        Change::between("settings", &before.settings, &after.settings),
    ];
    changes.into_iter().flatten().collect()
}

fn name_taken() -> Error {
    Error::new(Code::OrganizationNameTaken, "another organization has that name").at("/name")
}

fn slug_taken() -> Error {
    Error::new(Code::OrganizationSlugTaken, "another organization has that slug").at("/slug")
}
