//! The end of what people set on quotas, where an organization shares a table with others.

use std::collections::BTreeSet;

use domain::Result;
use domain::id::OrganizationId;
use domain::quota::QuotaRequest;

use crate::core::{Store, decode, primary};
use crate::items::TenantItem;
use crate::keys::{allowance, quota};
use crate::page::Query;
use crate::purge_pooled::AT_ONCE;
use crate::quota::LimitedItem;

impl Store {
    /// Limits are found through the list of what has any, claims through the requests that hold them; what is found through
    /// something goes before it.
    pub(crate) async fn purge_allowances(&self, table: &str, organization: OrganizationId) -> Result<()> {
        let limited = Query::of(table, allowance::limited(organization));
        loop {
            let (listed, _) = self.query(&limited, None, AT_ONCE).await?;
            if listed.is_empty() {
                break;
            }
            let limits = listed.iter().map(|item| {
                let on = decode::<LimitedItem>(item.clone())?.on;
                Ok(primary(&quota::limits(organization, on.scope())))
            });
            self.delete_all(table, limits.collect::<Result<_>>()?).await?;
            self.delete_all(table, listed).await?;
        }
        self.purge_partition(table, allowance::top_ups(organization)).await?;
        self.purge_requests(table, organization).await
    }

    async fn purge_requests(&self, table: &str, organization: OrganizationId) -> Result<()> {
        let all = Query::of(table, allowance::requests(organization));
        loop {
            let (requests, _) = self.query(&all, None, AT_ONCE).await?;
            if requests.is_empty() {
                return Ok(());
            }
            let mut claims = BTreeSet::new();
            for item in &requests {
                let QuotaRequest { on, by, period, .. } = decode::<TenantItem<QuotaRequest>>(item.clone())?.content;
                claims.insert(allowance::asked(organization, by.user, on.scope(), period));
            }
            self.delete_all(table, claims.iter().map(primary).collect()).await?;
            self.delete_all(table, requests).await?;
        }
    }
}
