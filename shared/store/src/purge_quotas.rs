//! The end of an organization's quotas where it shares a table with others.

use domain::Result;
use domain::id::OrganizationId;
use domain::quota::{Branch, Closing, Window};
use futures::{StreamExt, TryStreamExt, stream};

use crate::core::{Item, Store, primary};
use crate::keys::quota::{self, LEDGER_SHARDS};
use crate::keys::spending;
use crate::page::Query;
use crate::purge_pooled::AT_ONCE;
use crate::quota::counter_item;
use crate::quota::read::Found;

/// So many partitions are looked at together.
const PARTITIONS_AT_ONCE: usize = 16;

impl Store {
    /// Counters and limits are found through the list of what is counted, the ledger and what was added up of it through the list
    /// of its days. The lists go after what they lead to.
    pub(crate) async fn purge_quotas(&self, table: &str, organization: OrganizationId) -> Result<()> {
        self.purge_counted(table, organization).await?;
        self.purge_spending(table, organization).await?;
        let single = [quota::defaults(organization), spending::closing(organization)];
        self.delete_all(table, single.iter().map(primary).collect()).await
    }

    async fn purge_counted(&self, table: &str, organization: OrganizationId) -> Result<()> {
        let counted = Query::of(table, quota::counted(organization));
        loop {
            let (listed, _) = self.query(&counted, None, AT_ONCE).await?;
            if listed.is_empty() {
                return Ok(());
            }
            let scopes: Vec<String> = listed.iter().filter_map(sort_key).collect();
            self.purge_branches(table, organization, &scopes).await?;
            for of in [quota::counter_of, quota::limits_of] {
                let keys = scopes.iter().map(|scope| primary(&of(organization, scope)));
                self.delete_all(table, keys.collect()).await?;
            }
            let alerts = scopes.iter().map(|scope| spending::alerts(organization, scope));
            self.purge_partitions(table, alerts.collect()).await?;
            self.delete_all(table, listed).await?;
        }
    }

    /// Before their counters, which alone say that there are any.
    async fn purge_branches(&self, table: &str, organization: OrganizationId, scopes: &[String]) -> Result<()> {
        let counters = scopes.iter().map(|scope| quota::counter_of(organization, scope)).collect();
        let found = Found::of(self.get_all(&[(table, counters)]).await?);
        let has_branches = |scope: &&String| {
            let counter = found.raw(&quota::counter_of(organization, scope));
            counter.is_some_and(|counter| counter_item::phase(counter).has_branches())
        };
        let of_scope = |scope: &String| {
            let branches = Branch::all().map(|branch| primary(&quota::branch_of(organization, scope, branch)));
            branches.collect::<Vec<_>>()
        };
        self.delete_all(table, scopes.iter().filter(has_branches).flat_map(of_scope).collect()).await
    }

    /// The ledger and usage day by day, statements month by month, and which days are closed again.
    async fn purge_spending(&self, table: &str, organization: OrganizationId) -> Result<()> {
        let days = Query::of(table, quota::ledgers(organization));
        loop {
            let (listed, _) = self.query(&days, None, AT_ONCE).await?;
            if listed.is_empty() {
                break;
            }
            let of_day = |day: String| {
                let ledger = (0..LEDGER_SHARDS).map(|shard| quota::ledger(organization, &day, shard));
                ledger.chain(added_up(organization, &day)).collect::<Vec<_>>()
            };
            self.purge_partitions(table, listed.iter().filter_map(sort_key).flat_map(of_day).collect()).await?;
            self.delete_all(table, listed).await?;
        }
        self.purge_partitions(table, vec![spending::statements(organization), spending::late(organization)]).await
    }

    async fn purge_partitions(&self, table: &str, partitions: Vec<String>) -> Result<()> {
        let purges = stream::iter(partitions).map(|partition| self.purge_partition(table, partition));
        purges.buffer_unordered(PARTITIONS_AT_ONCE).try_collect().await
    }
}

/// Where what was added up of a day is.
fn added_up(organization: OrganizationId, day: &str) -> Vec<String> {
    let Ok(day) = Window::try_from(day.to_owned()) else { return vec![] };
    let months = Closing::months(day).into_iter().map(|month| spending::statement_rows(organization, month));
    months.chain([spending::usage(organization, day)]).collect()
}

fn sort_key(item: &Item) -> Option<String> {
    Some(item.get("sk")?.as_s().ok()?.clone())
}
