//! The end of an organization's quotas where it shares a table with others.

use std::collections::BTreeSet;

use domain::id::OrganizationId;
use domain::quota::{Closing, Window};
use domain::{Result, Timestamp};
use futures::{StreamExt, TryStreamExt, stream};

use crate::core::{Item, Store, primary};
use crate::keys::quota::{self, LEDGER_SHARDS};
use crate::keys::spending;
use crate::page::Query;
use crate::purge_pooled::AT_ONCE;

/// So many shards of the ledger are looked at together.
const SHARDS_AT_ONCE: usize = 16;

impl Store {
    /// Counters and limits are found through the list of what is counted, which goes after them; the ledger day by day,
    /// from the one on which the organization was made.
    pub(crate) async fn purge_quotas(&self, table: &str, organization: OrganizationId, now: Timestamp) -> Result<()> {
        let counted = Query::of(table, quota::counted(organization));
        loop {
            let (listed, _) = self.query(&counted, None, AT_ONCE).await?;
            if listed.is_empty() {
                break;
            }
            let text = |item: &Item| Some(item.get("sk")?.as_s().ok()?.clone());
            for of in [quota::counter_of, quota::limits_of] {
                let keys = listed.iter().filter_map(|item| Some(primary(&of(organization, &text(item)?))));
                self.delete_all(table, keys.collect()).await?;
            }
            for scope in listed.iter().filter_map(text) {
                self.purge_partition(table, spending::alerts(organization, &scope)).await?;
            }
            self.delete_all(table, listed).await?;
        }
        self.purge_spending(table, organization, now).await?;
        self.delete_all(table, vec![primary(&quota::defaults(organization))]).await?;
        let shards =
            quota::ledger_days(organization, now).flat_map(|day| (0..LEDGER_SHARDS).map(move |s| (day.clone(), s)));
        let shards = stream::iter(shards)
            .map(|(day, shard)| self.purge_partition(table, quota::ledger(organization, &day, shard)));
        shards.buffer_unordered(SHARDS_AT_ONCE).try_collect().await
    }
    /// Usage day by day, statements month by month, and what the reset remembers.
    async fn purge_spending(&self, table: &str, organization: OrganizationId, now: Timestamp) -> Result<()> {
        let days: Vec<Window> =
            quota::ledger_days(organization, now).filter_map(|day| Window::try_from(day).ok()).collect();
        let months: BTreeSet<Window> = days.iter().flat_map(|day| Closing::months(*day)).collect();
        let usage = days.iter().map(|day| spending::usage(organization, *day));
        let rows = months.iter().map(|month| spending::statement_rows(organization, *month));
        let heads = [spending::statements(organization), spending::late(organization)];
        let partitions: Vec<String> = usage.chain(rows).chain(heads).collect();
        let partitions = stream::iter(partitions).map(|partition| self.purge_partition(table, partition));
        partitions.buffer_unordered(SHARDS_AT_ONCE).try_collect::<()>().await?;
        self.delete_all(table, vec![primary(&spending::closing(organization))]).await
    }
}
