//! The counters of an organization, some at a time: whatever has lapsed in them goes.

use domain::quota::{Ground, QuotaScope, ResetQuotas};
use domain::{Error, Granted, Result, Timestamp};

use crate::core::Store;
use crate::cursor::Cursor;
use crate::keys::quota;
use crate::page::{Page, Query};
use crate::quota::{CallState, tidy};

impl Store {
    /// AP-265. Which scopes have counters, 100 at a time.
    pub async fn counted_scopes(
        &self,
        granted: &Granted<ResetQuotas>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<QuotaScope>> {
        let table = self.tenant(granted.scope());
        let query = Query::of(&table, quota::counted(granted.scope().organization()));
        let page = self.page("counted", query, cursor, 100).await?;
        let text = |item: &crate::core::Item| Some(item.get("sk")?.as_s().ok()?.clone());
        let scope =
            |item| text(&item).unwrap_or_default().parse().map_err(|why: domain::Rejected| Error::internal(why.0));
        Ok(Page { items: page.items.into_iter().map(scope).collect::<Result<_>>()?, next: page.next })
    }

    /// AP-266. Frees what has lapsed, in counters where something has, joins counters that are used little any more, and leaves all
    /// others alone. Gives back how many holds went.
    pub async fn free_lapsed(
        &self,
        granted: &Granted<ResetQuotas>,
        state: &CallState,
        now: Timestamp,
    ) -> Result<usize> {
        let lapsed = |ground: &Ground<'_>| ground.parts().map(|(_, counter)| counter.lapsed(now).len()).sum::<usize>();
        let holds = state.grounds().iter().map(lapsed).sum();
        tidy(&self.quota_tables(granted.scope()), state, now).await?;
        Ok(holds)
    }
}
