//! Providers of an organization or of the platform: make, list, read, edit, delete.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::home::{Home, HomeCommand, InHome};
use domain::id::ProviderId;
use domain::provider::{CreateProvider, DeleteProvider, EditProvider, Provider, ReadProviders};
use domain::settings::ModelId;
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, Result};
use serde::Serialize;
use serde_json::Value;

use crate::core::{Store, decode, encode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::homes::list_of;
use crate::idempotency::{Idempotency, Made};
use crate::items::{ClaimItem, TenantItem};
use crate::keys::{Key, provider};
use crate::organizations::acting;
use crate::page::{Page, Query};
use crate::rotation_entries::Forget;

const LISTS: [&str; 2] = ["providers", "platform-providers"];

impl Store {
    /// AP-272. A provider without a credential, its name claimed, and the event in one transaction.
    ///
    /// # Errors
    /// [`Code::ProviderNameTaken`]; [`Code::OrganizationNotActive`] where content is not made yet or being purged;
    /// [`Code::Invalid`] for settings that its type needs or does not have.
    pub async fn create_provider<H: Home>(
        &self,
        granted: &Granted<InHome<H, CreateProvider>>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Provider>> {
        let (home, id) = (granted.scope(), mint.id());
        let asked = &granted.command().what;
        let begins_with = match asked.with_catalogue {
            true => self.catalogue().await?.models_of(asked.kind),
            false => BTreeMap::new(),
        };
        let provider = asked.made(id, &begins_with, acting(granted.actor()), mint.now())?;
        let event = granted.event(mint, EventKind::ProviderCreated, target(&provider), between(None, Some(&provider)));
        let (table, name) = (self.table_of(home), name_key(home, &provider));
        let mut writes = vec![
            put_new(&table, &ClaimItem::of(name, provider.id))?,
            put_new(&table, &TenantItem::of(key(home, provider.id), &provider))?,
            self.event(&event)?,
        ];
        writes.extend(self.is_home_there(home)?);
        let mark = self.mark(granted.actor(), sent, provider.id, mint)?;
        self.make(writes, mark, provider).await?.map_err(|fault| match fault.refused() {
            Some(0) => name_taken(),
            Some(3) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
            _ => fault.into_error("making a provider"),
        })
    }

    /// AP-273. The providers of a home, oldest first.
    pub async fn list_providers<H: Home>(
        &self,
        granted: &Granted<InHome<H, ReadProviders>>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Provider>> {
        let home = granted.scope();
        let table = self.table_of(home);
        let query = Query::of(&table, partition(home)).beginning_with(provider::PREFIX);
        let page = self.page(list_of(home, LISTS), query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| Ok(decode::<TenantItem<Provider>>(item)?.content));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-274. One of them; also what an earlier request with the same idempotency key made.
    pub async fn read_provider<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        id: ProviderId,
    ) -> Result<Provider> {
        self.provider(granted.scope(), id).await
    }

    /// AP-275. Name, endpoint, models, and whether it is used, on the version that was read. Where it is called at another host,
    /// port or scheme, or speaks something else, its credential is void from here on: then also which version it was.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`], [`Code::ProviderNameTaken`], [`Code::Invalid`] as for [`Store::create_provider`].
    pub async fn edit_provider<H: Home>(
        &self,
        granted: &Granted<InHome<H, EditProvider>>,
        mint: &mut Mint,
    ) -> Result<(Provider, Option<u64>)> {
        let (home, asked) = (granted.scope(), &granted.command().what);
        let before = self.provider(home, asked.id).await?;
        if asked.version != before.version {
            return Err(Error::stale());
        }
        let after = asked.apply(&before, mint.now())?;
        let changes = between(Some(&before), Some(&after));
        if changes.is_empty() {
            return Ok((before, None));
        }
        let event = granted.event(mint, EventKind::ProviderEdited, target(&after), changes);
        let mut writes = vec![self.replace_provider(home, &before, &after)?, self.event(&event)?];
        let (from, to) = (name_key(home, &before), name_key(home, &after));
        let renamed = from != to;
        if renamed {
            let table = self.table_of(home);
            writes.push(put_new(&table, &ClaimItem::of(to, after.id))?);
            writes.push(Edit::of(&table, from).delete()?);
        }
        let void = before.credential.filter(|_| after.credential.is_none()).map(|credential| credential.version);
        if let Some(version) = void {
            writes.push(self.to_forget(home, after.id, Forget::Version(version), mint.now())?);
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(2) if renamed => name_taken(),
            _ => fault.into_error("editing a provider"),
        })?;
        Ok((after, void))
    }

    /// AP-276. The provider goes, and with it the way to its credential. True where the vault may have something of it.
    ///
    /// # Errors
    /// [`Code::ProviderInUse`], with some of the users; [`Code::Conflict`] where it is changed at this moment.
    pub async fn delete_provider<H: Home>(
        &self,
        granted: &Granted<InHome<H, DeleteProvider>>,
        mint: &mut Mint,
    ) -> Result<bool> {
        let home = granted.scope();
        let before = self.provider(home, granted.command().what.id).await?;
        let event = granted.event(mint, EventKind::ProviderDeleted, target(&before), between(Some(&before), None));
        let table = self.table_of(home);
        let entry = Edit::of(&table, key(home, before.id)).when("version", "=", before.version)?;
        let entry = entry.unless_more("uses", 0)?;
        let mut writes =
            vec![entry.delete()?, Edit::of(&table, name_key(home, &before)).delete()?, self.event(&event)?];
        writes.extend(self.without_rotations(home, before.id)?);
        writes.push(self.to_forget(home, before.id, Forget::All, mint.now())?);
        match self.transact(writes).await {
            Ok(()) => Ok(before.credential.is_some()),
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("deleting a provider")),
            Err(_) if self.provider(home, before.id).await?.version == before.version => {
                Err(self.in_use(&before, home.organization().is_some()).await)
            }
            Err(_) => Err(Error::new(Code::Conflict, "somebody changed the provider at this moment; try again")),
        }
    }

    /// A provider of that home; another home's is unknown.
    pub(crate) async fn provider(&self, home: &impl Home, id: ProviderId) -> Result<Provider> {
        let item: Option<TenantItem<Provider>> = self.get(&self.table_of(home), &key(home, id)).await?;
        item.map(|item| item.content).ok_or_else(Error::not_found)
    }

    /// The provider as it is now, on the version that was read.
    pub(crate) fn replace_provider(
        &self,
        home: &impl Home,
        before: &Provider,
        after: &Provider,
    ) -> Result<TransactWriteItem> {
        let mut edit = Edit::of(&self.table_of(home), key(home, after.id)).set_all(encode(after)?, &[])?;
        if after.credential.is_none() {
            edit = edit.remove("credential");
        }
        if after.parameters.is_none() {
            edit = edit.remove("parameters");
        }
        edit.when("version", "=", before.version)?.update()
    }
}

fn partition(home: &impl Home) -> String {
    provider::partition(home.organization().map(OrgScope::organization))
}

fn key(home: &impl Home, id: ProviderId) -> Key {
    provider::one(home.organization().map(OrgScope::organization), id)
}

fn name_key(home: &impl Home, named: &Provider) -> Key {
    provider::name(home.organization().map(OrgScope::organization), &named.name.folded())
}

pub(crate) fn target(provider: &Provider) -> Target {
    Target::named("provider", provider.id, &provider.name)
}

fn name_taken() -> Error {
    Error::new(Code::ProviderNameTaken, "another provider here has that name").at("/name")
}

/// What the record says: each field, each model by itself; of a credential only its mask.
pub(crate) fn between(before: Option<&Provider>, after: Option<&Provider>) -> Vec<Change> {
    let field = |name: &str, get: fn(&Provider) -> Value| Change::between(name, before.map(get), after.map(get));
    let fields = [
        field("name", |provider| provider.name.to_string().into()),
        field("type", |provider| json(provider.endpoint.kind())),
        field("base_url", |provider| provider.endpoint.base_url().to_string().into()),
        field("settings", |provider| json(provider.endpoint.settings())),
        field("enabled", |provider| provider.enabled.into()),
        field("assignment", |provider| json(provider.assignment)),
        field("credential", |provider| json(provider.credential.as_ref().map(|credential| &credential.mark.mask))),
    ];
    let models = |provider: Option<&Provider>| provider.map(|provider| provider.models.clone()).unwrap_or_default();
    let (had, has) = (models(before), models(after));
    let ids: BTreeSet<ModelId> = had.keys().chain(has.keys()).cloned().collect();
    let of_models = ids.into_iter().filter_map(|id| {
        let (before, after) = (had.get(&id), has.get(&id));
        Change::between(&format!("models.{}", String::from(id)), before, after)
    });
    fields.into_iter().flatten().chain(of_models).collect()
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
