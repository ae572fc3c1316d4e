//! The end of an organization in the database: members, its own data, and at last the registry entry, of which a
//! tombstone stays.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{DeleteRequest, TransactWriteItem, WriteRequest};
use domain::change::Change;
use domain::member::Membership;
use domain::organization::{Organization, Purge, Status};
use domain::{EventKind, Granted, Mint, Result};
use serde::Serialize;

use crate::core::{Item, Store, decode, primary, put_new};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::items::{MembershipItem, TenantItem};
use crate::keys::{self, Key, TALLIES, index, tenant};
use crate::lifecycle::TableState;
use crate::organizations::target;
use crate::page::Query;

/// Members that one call takes out, each in a transaction of its own.
const DEPARTURES_AT_ONCE: u32 = 30;

/// What stays of an organization: its id is never used again.
#[derive(Serialize)]
struct TombstoneItem {
    pk: String,
    sk: String,
    deleted_at: domain::Timestamp,
}

impl Store {
    /// AP-18. Takes some members out; true once nobody is left.
    pub async fn purge_members(&self, granted: &Granted<Purge>) -> Result<bool> {
        let organization = granted.scope().organization();
        let query = Query::on(&self.platform, index::FIRST, index::members_of(organization));
        let (items, _) = self.query(&query, None, DEPARTURES_AT_ONCE).await?;
        if items.is_empty() {
            return Ok(true);
        }
        for item in items {
            let membership = Membership::from(decode::<MembershipItem>(item)?);
            match self.transact(self.end_membership(&membership)?).await {
                Err(fault) if fault.refused().is_none() => return Err(fault.into_error("purging a member")),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(false)
    }

    fn end_membership(&self, membership: &Membership) -> Result<Vec<TransactWriteItem>> {
        use aws_sdk_dynamodb::types::AttributeValue;
        let list = AttributeValue::Ss(vec![membership.organization.to_string()]);
        Ok(vec![
            Edit::of(&self.platform, keys::membership(membership.user, membership.organization)).if_there().delete()?,
            Edit::of(&self.platform, keys::user(membership.user)).drop("organizations", list).if_there().update()?,
        ])
    }

    /// AP-19. Removes the organization's own data: its table, or in the pooled table every item of every family. True
    /// once nothing is left.
    pub async fn purge_content(&self, granted: &Granted<Purge>) -> Result<bool> {
        let table = self.tenant(granted.scope());
        if table == self.pooled_table() {
            return self.purge_pooled(&table, granted).await;
        }
        match self.table_state(&table).await? {
            TableState::Missing => Ok(true),
            TableState::Changing => Ok(false),
            TableState::Ready => {
                let call = self.client.delete_table().table_name(&table);
                call.send().await.map_err(|why| Fault::from(why).into_error("deleting a table"))?;
                Ok(self.table_state(&table).await? == TableState::Missing)
            }
        }
    }

    /// AP-1D. Whether the organization's table is on its way out, which takes the database a while.
    pub async fn is_content_going(&self, granted: &Granted<Purge>) -> Result<bool> {
        let table = self.tenant(granted.scope());
        Ok(table != self.pooled_table() && self.table_state(&table).await? == TableState::Changing)
    }

    /// Every family of keys in `keys::tenant` has its line here. Projects go last: the rest is found through them.
    async fn purge_pooled(&self, table: &str, granted: &Granted<Purge>) -> Result<bool> {
        let organization = granted.scope().organization();
        let query = Query::of(table, tenant::projects(organization));
        let (projects, more) = self.query(&query, None, 25).await?;
        for item in projects {
            let TenantItem { pk, sk, content } = decode::<TenantItem<domain::project::Project>>(item)?;
            self.purge_partition(table, tenant::registered_in(organization, content.id)).await?;
            let keys = [tenant::project_name(organization, &content.name.folded()), Key { pk, sk }];
            self.delete_all(table, keys.iter().map(primary).collect()).await?;
        }
        Ok(more.is_none())
    }

    async fn purge_partition(&self, table: &str, partition: String) -> Result<()> {
        let query = Query::of(table, partition);
        loop {
            let (items, more) = self.query(&query, None, 25).await?;
            let key =
                |mut item: Item| -> Item { ["pk", "sk"].iter().filter_map(|name| item.remove_entry(*name)).collect() };
            self.delete_all(table, items.into_iter().map(key).collect()).await?;
            if more.is_none() {
                return Ok(());
            }
        }
    }

    async fn delete_all(&self, table: &str, keys: Vec<Item>) -> Result<()> {
        let mut left: Vec<WriteRequest> = vec![];
        for key in keys {
            let delete = DeleteRequest::builder().set_key(Some(key)).build().map_err(domain::Error::internal)?;
            left.push(WriteRequest::builder().delete_request(delete).build());
        }
        while !left.is_empty() {
            let call =
                self.client.batch_write_item().set_request_items(Some(HashMap::from([(table.to_owned(), left)])));
            let answer = call.send().await.map_err(|why| Fault::from(why).into_error("deleting items"))?;
            left = answer.unprocessed_items.and_then(|mut tables| tables.remove(table)).unwrap_or_default();
        }
        Ok(())
    }

    /// AP-1A. The registry entry becomes a tombstone, its claims are free again, and the purge is recorded; once,
    /// however often.
    pub async fn finish_purge(&self, granted: &Granted<Purge>, before: &Organization, mint: &mut Mint) -> Result<()> {
        let changes = Change::between("status", Status::Deleting, Status::Deleted).into_iter().collect();
        let event = granted.event(mint, EventKind::OrganizationPurged, target(before), changes);
        let Key { pk, sk } = keys::organization(before.id);
        let tombstone = TombstoneItem { pk: pk.clone(), sk: "TOMBSTONE".to_owned(), deleted_at: mint.now() };
        let claim = |key: Key| Edit::of(&self.platform, key).when("holder", "=", before.id)?.delete();
        let mut writes = vec![
            Edit::of(&self.platform, Key { pk, sk }).when("version", "=", before.version)?.delete()?,
            put_new(&self.platform, &tombstone)?,
            claim(keys::organization_name(&before.name.folded()))?,
            claim(keys::organization_slug(before.slug.as_str()))?,
            self.event(&event)?,
        ];
        for number in 0..TALLIES {
            writes.push(Edit::of(&self.platform, keys::tally_numbered(before.id, number)).delete()?);
        }
        match self.transact(writes).await {
            Err(fault) if fault.refused().is_some() => Ok(()),
            outcome => outcome.map_err(|fault| fault.into_error("finishing a purge")),
        }
    }
}
