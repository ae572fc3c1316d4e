//! The end of an organization in the database: members, its own data, and at last the registry entry, of which a
//! tombstone stays.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use domain::change::Change;
use domain::member::Membership;
use domain::organization::{Organization, Purge, State, Status};
use domain::{Code, Error, EventKind, Granted, Mint, Result, Timestamp};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::fault::Fault;
use crate::items::OrganizationItem;
use crate::keys::{self, Key, TALLIES, index};
use crate::lifecycle::TableState;
use crate::organizations::target;
use crate::page::Query;

/// Members that one call takes out, each in a transaction of its own.
const DEPARTURES_AT_MOST: u32 = 64;
/// So many of these transactions run at once.
const DEPARTURES_AT_ONCE: usize = 16;

/// What came of taking some members, or some notices, out.
#[derive(Clone, Debug)]
pub struct Departures {
    /// So many were listed.
    pub listed: usize,
    /// So many of them were still there, and went now.
    pub gone: usize,
    /// Where the list goes on.
    pub next: Option<Cursor>,
}

/// What stays of an organization: its id is never used again.
#[derive(Serialize, Deserialize)]
struct TombstoneItem {
    pk: String,
    sk: String,
    deleted_at: Timestamp,
}

impl Store {
    /// AP-1E. The point of no return, to be passed before anything is destroyed: says on the entry that the purge has
    /// begun, if the entry as it is now is due, and gives it. None where it is not: called off, not due yet, or gone.
    ///
    /// # Errors
    /// [`Code::Conflict`] where the entry was changed at this moment.
    pub async fn begin_purge(&self, granted: &Granted<Purge>, mint: &mut Mint) -> Result<Option<Organization>> {
        let key = keys::organization(granted.scope().organization());
        let item: Option<OrganizationItem> = self.get(&self.platform, &key).await?;
        let Some(before) = item.map(Organization::from) else { return Ok(None) };
        let Ok(state) = before.state.begin_purge(mint.now()) else { return Ok(None) };
        if state == before.state {
            return Ok(Some(before));
        }
        let after = Organization { state, version: before.version + 1, ..before.clone() };
        let event = granted.event(mint, EventKind::OrganizationPurgeBegun, target(&before), vec![]);
        match self.transact(vec![self.replace(&after, before.version)?, self.event(&event)?]).await {
            Ok(()) => Ok(Some(after)),
            Err(fault) if fault.refused().is_some() => {
                Err(Error::new(Code::Conflict, "somebody changed the organization at this moment; try again"))
            }
            Err(fault) => Err(fault.into_error("beginning a purge")),
        }
    }

    /// AP-18. Takes some members out, in the order of the index, which may still list who is gone.
    pub async fn purge_members(&self, granted: &Granted<Purge>, after: Option<&Cursor>) -> Result<Departures> {
        let partition = index::members_of(granted.scope().organization());
        let query = Query::on(&self.platform, index::FIRST, partition);
        let page = self.memberships("departures", query, after, DEPARTURES_AT_MOST).await?;
        let departures = stream::iter(page.items).map(|membership| self.purge_member(membership).boxed());
        let went: Vec<bool> = departures.buffer_unordered(DEPARTURES_AT_ONCE).try_collect().await?;
        let gone = went.iter().filter(|went| **went).count();
        Ok(Departures { listed: went.len(), gone, next: page.next })
    }

    /// Whether the membership was still there.
    async fn purge_member(&self, membership: Membership) -> Result<bool> {
        match self.transact(self.end_membership(&membership)?).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused().is_some() => Ok(false),
            Err(fault) => Err(fault.into_error("purging a member")),
        }
    }

    fn end_membership(&self, membership: &Membership) -> Result<Vec<TransactWriteItem>> {
        let list = AttributeValue::Ss(vec![membership.organization.to_string()]);
        Ok(vec![
            Edit::of(&self.platform, keys::membership(membership.user, membership.organization)).if_there().delete()?,
            Edit::of(&self.platform, keys::user(membership.user)).drop("organizations", list).if_there().update()?,
        ])
    }

    /// AP-162. Takes service accounts out with their tokens. True once none is listed; false where one is changed at this
    /// moment, or the index still lists who is gone: a later sweep looks again.
    pub async fn purge_service_accounts(&self, granted: &Granted<Purge>) -> Result<bool> {
        let partition = index::service_accounts_of(Some(granted.scope().organization()));
        let query = Query::on(&self.platform, index::FIRST, partition);
        loop {
            let (accounts, _) = self.query(&query, None, DEPARTURES_AT_MOST).await?;
            let mut gone = false;
            for item in &accounts {
                match self.transact(self.end_service_account(&decode(item.clone())?)?).await {
                    Ok(()) => gone = true,
                    Err(fault) if fault.refused().is_some() => {}
                    Err(fault) => return Err(fault.into_error("purging a service account")),
                }
            }
            if !gone {
                return Ok(accounts.is_empty());
            }
        }
    }

    /// AP-19. Removes the organization's own data: its table, or in the pooled table every item of every family. True
    /// once nothing is left, false while the database still removes the table.
    pub async fn purge_content(&self, granted: &Granted<Purge>) -> Result<bool> {
        let table = self.tenant(granted.scope());
        if table == self.pooled_table() {
            self.purge_pooled(&table, granted.scope()).await?;
            return self.purge_quotas(&table, granted.scope().organization()).await.map(|()| true);
        }
        self.drop_table(&table).await
    }

    /// Recovery goes first: what is deleted with it on can be restored for 35 days.
    async fn drop_table(&self, name: &str) -> Result<bool> {
        let Some(table) = self.described(name).await? else { return Ok(true) };
        if table.deletion_protection_enabled == Some(true) {
            let call = self.client.update_table().table_name(name).deletion_protection_enabled(false);
            call.send().await.map_err(|why| Fault::from(why).into_error("lifting a table's protection"))?;
        }
        match self.table_state(name).await? {
            TableState::Missing => Ok(true),
            TableState::Changing => Ok(false),
            TableState::Ready => {
                self.set_recovery(name, false).await?;
                let call = self.client.delete_table().table_name(name);
                call.send().await.map_err(|why| Fault::from(why).into_error("deleting a table"))?;
                Ok(self.table_state(name).await? == TableState::Missing)
            }
        }
    }

    /// AP-1A. The registry entry becomes a tombstone, its claims are free again, and the purge is recorded; once,
    /// however often.
    ///
    /// # Errors
    /// [`Code::Conflict`] where the entry was changed since the purge began; a later run ends it.
    pub async fn finish_purge(&self, granted: &Granted<Purge>, begun: &Organization, mint: &mut Mint) -> Result<()> {
        let State::Deleting { purging: true, .. } = begun.state else {
            return Err(Error::internal("a purge that was not begun"));
        };
        match self.transact(self.last_writes(granted, begun, mint)?).await {
            Err(fault) if fault.refused().is_some() => self.finished_by_another(begun).await,
            outcome => outcome.map_err(|fault| fault.into_error("finishing a purge")),
        }
    }

    fn last_writes(
        &self,
        granted: &Granted<Purge>,
        begun: &Organization,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let changes = Change::between("status", Status::Deleting, Status::Deleted).into_iter().collect();
        let event = granted.event(mint, EventKind::OrganizationPurged, target(begun), changes);
        let Key { pk, sk } = keys::tombstone(begun.id);
        let tombstone = TombstoneItem { pk, sk, deleted_at: mint.now() };
        let claim = |key: Key| Edit::of(&self.platform, key).when("holder", "=", begun.id)?.delete();
        let mut writes = vec![
            Edit::of(&self.platform, keys::organization(begun.id)).when("version", "=", begun.version)?.delete()?,
            put_new(&self.platform, &tombstone)?,
            claim(keys::organization_name(&begun.name.folded()))?,
            claim(keys::organization_slug(begun.slug.as_str()))?,
            self.event(&event)?,
            Edit::of(&self.platform, keys::organization_choices(begun.id)).delete()?,
            Edit::of(&self.platform, keys::encryption::known(begun.id)).delete()?,
        ];
        for number in 0..TALLIES {
            writes.push(Edit::of(&self.platform, keys::tally_numbered(begun.id, number)).delete()?);
        }
        Ok(writes)
    }

    /// Two runs may end the same purge; a refusal without a tombstone is none of that.
    async fn finished_by_another(&self, begun: &Organization) -> Result<()> {
        let tombstone: Option<TombstoneItem> = self.get(&self.platform, &keys::tombstone(begun.id)).await?;
        let changed = || Error::new(Code::Conflict, "the organization was changed while it was purged");
        tombstone.map(|_| ()).ok_or_else(changed)
    }
}
