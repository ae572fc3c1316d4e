//! Who has to do with a provider: organizations on the list of a platform's, and those whose default it is. The provider counts
//! them (`uses`), so that it is deleted only while there are none.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::Change;
use domain::id::{OrganizationId, ProviderId};
use domain::organization::Purge;
use domain::provider::{AssignProvider, Provider, ProviderUser, ReadProviderUsers, Use};
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, Result};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::keys::{self, Key, index, provider};
use crate::page::{Page, Query};
use crate::providers::target;

/// So many users a refusal names; all of them are listed by a route of their own.
const NAMED_AT_MOST: u32 = 10;

/// That an organization has to do with a provider.
#[derive(Serialize, Deserialize)]
struct UseItem {
    pk: String,
    sk: String,
    gsi1pk: String,
    gsi1sk: String,
    organization: OrganizationId,
    provider: ProviderId,
    uses: Use,
    /// Whether the provider is the organization's own.
    own: bool,
}

impl UseItem {
    fn new(organization: OrganizationId, provider: ProviderId, uses: Use, own: bool) -> Self {
        let Key { pk, sk } = provider::used(organization, uses, provider);
        let (gsi1pk, gsi1sk) = (provider::users(provider), format!("{organization}#{}", provider::word(uses)));
        Self { pk, sk, gsi1pk, gsi1sk, organization, provider, uses, own }
    }
}

impl Store {
    /// AP-280. An organization comes on the list of a provider of the platform, or off it; as often as it is said, once. True where
    /// something changed.
    ///
    /// # Errors
    /// [`Code::NotFound`] for an unknown provider, or an organization that is not there or being deleted.
    pub async fn assign_provider(&self, granted: &Granted<AssignProvider>, mint: &mut Mint) -> Result<bool> {
        let AssignProvider { id, organization, listed } = *granted.command();
        let home = granted.scope();
        let of = self.provider(home, id).await?;
        let changes = vec![Change::set("listed", listed)];
        let event = granted.event(mint, EventKind::ProviderAssigned, target(&of), changes).within(organization);
        let item = UseItem::new(organization, id, Use::Assigned, false);
        let (entry, provider) = (self.use_of(organization, Use::Assigned, id), provider::one(None, id));
        let counted = |by| Edit::of(&self.platform, provider).add_number("uses", by).if_there().update();
        let writes = match listed {
            true => {
                let alive = Edit::of(&self.platform, keys::organization(organization));
                let alive = alive.when_any("state.is", &["provisioning", "active", "archived"])?.check()?;
                vec![put_new(&self.platform, &item)?, counted(1)?, self.event(&event)?, alive]
            }
            false => vec![entry.if_there().delete()?, counted(-1)?, self.event(&event)?],
        };
        match self.transact(writes).await {
            Ok(()) => Ok(true),
            Err(fault) => match fault.refused() {
                Some(0) => Ok(false),
                Some(_) => Err(Error::not_found()),
                None => Err(fault.into_error("assigning a provider")),
            },
        }
    }

    /// AP-281. Who has to do with a provider of the platform, by organization; the index is eventually consistent.
    pub async fn provider_users(
        &self,
        granted: &Granted<ReadProviderUsers>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<ProviderUser>> {
        let id = granted.command().id;
        let known = self.provider(granted.scope(), id);
        let (_, users) = futures::try_join!(known, self.users_of(id, cursor, limit))?;
        Ok(users)
    }

    async fn users_of(&self, id: ProviderId, cursor: Option<&Cursor>, limit: u32) -> Result<Page<ProviderUser>> {
        let query = Query::on(&self.platform, index::FIRST, provider::users(id));
        let page = self.page("provider-users", query, cursor, limit).await?;
        let users = page.items.into_iter().map(|item| {
            let UseItem { organization, uses, .. } = decode(item)?;
            Ok(ProviderUser { organization, uses })
        });
        Ok(Page { items: users.collect::<Result<_>>()?, next: page.next })
    }

    /// Which providers of the platform have the organization on their lists.
    pub(crate) async fn assigned_to(&self, organization: OrganizationId) -> Result<Vec<ProviderId>> {
        let prefix = provider::used_prefix(Use::Assigned);
        let query = Query::of(&self.platform, keys::organization(organization).pk).beginning_with(prefix);
        let items = self.whole(&query).await?;
        items.into_iter().map(|item| decode::<UseItem>(item).map(|item| item.provider)).collect()
    }

    /// Writes for a transaction in which another provider becomes the organization's default: the earlier one counts it no more.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a provider that is neither the organization's nor the platform's.
    pub(crate) async fn default_provider_moves(
        &self,
        scope: &OrgScope,
        (before, after): (Option<ProviderId>, Option<ProviderId>),
    ) -> Result<Vec<TransactWriteItem>> {
        let mut writes = vec![];
        if before == after {
            return Ok(writes);
        }
        let organization = scope.organization();
        if let Some(id) = before {
            let key = provider::used(organization, Use::Default, id);
            if let Some(item) = self.get::<UseItem>(&self.platform, &key).await? {
                writes.push(self.use_of(organization, Use::Default, id).if_there().delete()?);
                writes.push(self.counted(scope, id, item.own, -1)?);
            }
        }
        if let Some(id) = after {
            let own: Option<TenantItem<Provider>> =
                self.get(&self.tenant(scope), &provider::one(Some(organization), id)).await?;
            let is_own = own.is_some();
            let known = match own {
                Some(_) => true,
                None => self.get::<TenantItem<Provider>>(&self.platform, &provider::one(None, id)).await?.is_some(),
            };
            if !known {
                return Err(unknown_default());
            }
            writes.push(put_new(&self.platform, &UseItem::new(organization, id, Use::Default, is_own))?);
            writes.push(self.counted(scope, id, is_own, 1)?);
        }
        Ok(writes)
    }

    /// Writes for a transaction that makes an organization whose default is a provider of the platform.
    pub(crate) fn first_default(
        &self,
        organization: OrganizationId,
        default: Option<ProviderId>,
    ) -> Result<Vec<TransactWriteItem>> {
        let Some(id) = default else { return Ok(vec![]) };
        let counted = Edit::of(&self.platform, provider::one(None, id)).add_number("uses", 1).if_there().update()?;
        Ok(vec![counted, put_new(&self.platform, &UseItem::new(organization, id, Use::Default, false))?])
    }

    fn counted(&self, scope: &OrgScope, id: ProviderId, own: bool, by: i64) -> Result<TransactWriteItem> {
        let (table, home) = match own {
            true => (self.tenant(scope), Some(scope.organization())),
            false => (self.platform.clone(), None),
        };
        Edit::of(&table, provider::one(home, id)).add_number("uses", by).if_there().update()
    }

    fn use_of(&self, organization: OrganizationId, uses: Use, id: ProviderId) -> Edit {
        Edit::of(&self.platform, provider::used(organization, uses, id))
    }

    /// AP-282. A purged organization uses no provider any more.
    pub async fn purge_provider_uses(&self, granted: &Granted<Purge>) -> Result<()> {
        let organization = granted.scope().organization();
        for uses in [Use::Assigned, Use::Default] {
            let prefix = provider::used_prefix(uses);
            let query = Query::of(&self.platform, keys::organization(organization).pk).beginning_with(prefix);
            for item in self.whole(&query).await? {
                let UseItem { provider: id, own, .. } = decode(item)?;
                let mut writes = vec![self.use_of(organization, uses, id).if_there().delete()?];
                if !own {
                    writes.push(self.counted(granted.scope(), id, own, -1)?);
                }
                match self.transact(writes).await {
                    // Another run was here.
                    Err(fault) if fault.refused() == Some(0) => {}
                    outcome => outcome.map_err(|fault| fault.into_error("forgetting who used a provider"))?,
                }
            }
        }
        Ok(())
    }

    /// Why a provider that counts users is not deleted.
    pub(crate) async fn in_use(&self, of: &Provider, is_own: bool) -> Error {
        let refused = |words: String| Error::new(Code::ProviderInUse, words);
        if is_own {
            return refused("it is the organization's default provider; choose another default first".to_owned());
        }
        let Ok(Page { items, next }) = self.users_of(of.id, None, NAMED_AT_MOST).await else {
            return refused("organizations use it; GET …/organizations lists them".to_owned());
        };
        let named: Vec<String> =
            items.iter().map(|user| format!("{} ({})", user.organization, provider::word(user.uses))).collect();
        let more = if next.is_some() { ", and others: GET …/organizations lists them" } else { "" };
        refused(format!("organizations use it: {}{more}", named.join(", ")))
    }
}

/// Told where a default is named that nobody can use, and where it went at this moment.
pub(crate) fn unknown_default() -> Error {
    Error::new(Code::Invalid, "must be one of the organization's providers or of the platform's")
        .at("/settings/default_provider")
}
