//! Requests for more tokens that nobody decided: found when they can have expired, and written down as that.

use std::ops::RangeInclusive;

use domain::change::Change;
use domain::quota::{QuotaRequest, ResetQuotas};
use domain::{EventKind, Granted, Mint, Result, Timestamp};

use super::known::placed;
use super::requests::{about, moved, target};
use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::items::TenantItem;
use crate::keys::allowance;
use crate::page::{Page, Query};

impl Store {
    /// AP-270. Requests that were made in that time, oldest first, whatever became of them.
    pub async fn requests_made(
        &self,
        granted: &Granted<ResetQuotas>,
        made: &RangeInclusive<Timestamp>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<QuotaRequest>> {
        let (table, organization) = (self.tenant(granted.scope()), granted.scope().organization());
        let (first, last) = allowance::requests_made(*made.start(), *made.end());
        let query = Query::of(&table, allowance::requests(organization)).between(first, last);
        let page = self.page("requests-made", query, cursor, 100).await?;
        let items =
            page.items.into_iter().map(|item| decode::<TenantItem<QuotaRequest>>(item).map(|item| item.content));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-271. Writes down that nobody decided a request, with the record by which who asked is told. Its claim is worth nothing
    /// any more and stays for the next request to take over. False where it has not expired, or somebody was faster: what they
    /// did counts.
    pub async fn expire_request(
        &self,
        granted: &Granted<ResetQuotas>,
        before: &QuotaRequest,
        mint: &mut Mint,
    ) -> Result<bool> {
        let Some(state) = before.expired(mint.now()) else { return Ok(false) };
        let after = moved(before, state, mint.now());
        let mut told = about(before);
        told.extend(Change::between("state", "pending", "expired"));
        let event = placed(granted.event(mint, EventKind::QuotaRequestExpired, target(before), told), before.on);
        let writes = vec![self.move_request(granted.scope(), before, &after)?, self.event(&event)?];
        match self.transact(writes).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused().is_some() => Ok(false),
            Err(fault) => Err(fault.into_error("writing down that a request has expired")),
        }
    }
}
