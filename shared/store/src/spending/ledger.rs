//! Reading a day's ledger: all of its lines, page by page and in no order.

use domain::OrgScope;
use domain::Result;
use domain::quota::{Settled, Window};

use crate::core::{Store, decode};
use crate::items::TenantItem;
use crate::keys::quota::{self, LEDGER_SHARDS};
use crate::page::{Query, READ_AT_ONCE};

/// What a line's sort key begins with; reservations that no limit counts lie beside them.
const LINE: &str = "rsv_";

impl Store {
    /// AP-250. Every line that a day's ledger has, given to `each` one after the other; true where it wants no more. The reads
    /// are consistent: what was acknowledged before is there.
    pub(crate) async fn each_line(
        &self,
        scope: &OrgScope,
        day: Window,
        mut each: impl FnMut(Settled) -> bool,
    ) -> Result<()> {
        let (table, organization) = (self.tenant(scope), scope.organization());
        for shard in 0..LEDGER_SHARDS {
            let partition = quota::ledger(organization, &day.to_string(), shard);
            let query = Query::of(&table, partition).beginning_with(LINE);
            let mut start = None;
            loop {
                let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
                for item in items {
                    if each(decode::<TenantItem<Settled>>(item)?.content) {
                        return Ok(());
                    }
                }
                start = next;
                if start.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }
}
