//! Days of the ledger that were written to after their end: found again, so that what was closed is computed again.

use domain::id::OrganizationId;
use domain::quota::{Closing, Period, ResetQuotas, Settled, Window};
use domain::{Error, Granted, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::keys::spending;
use crate::page::{Query, READ_AT_ONCE};

/// A day that was written to after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateDay {
    /// Which.
    pub day: Window,
    /// When, at last.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct LateItem {
    sk: String,
    at: Timestamp,
}

/// The write that has to come before a line that is settled on another day than that of its id; none for any other.
pub(crate) fn mark(table: &str, organization: OrganizationId, line: &Settled) -> Result<Option<Edit>> {
    let day = Window::of(Period::Daily, line.id.made_at());
    if !Closing::is_late(day, line.settled_at) {
        return Ok(None);
    }
    Edit::of(table, spending::late_day(organization, day)).set("at", line.settled_at).map(Some)
}

impl Store {
    /// AP-253. Which days were written to after their end.
    pub async fn late_days(&self, granted: &Granted<ResetQuotas>) -> Result<Vec<LateDay>> {
        let (table, organization) = (self.tenant(granted.scope()), granted.scope().organization());
        let query = Query::of(&table, spending::late(organization));
        let (mut days, mut start) = (vec![], None);
        loop {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            for item in items {
                let LateItem { sk, at } = decode(item)?;
                days.push(LateDay { day: Window::try_from(sk).map_err(|why| Error::internal(why.0))?, at });
            }
            start = next;
            if start.is_none() {
                return Ok(days);
            }
        }
    }

    /// AP-254. The day was added up since; the mark goes unless somebody put it again meanwhile.
    pub async fn drop_late(&self, granted: &Granted<ResetQuotas>, late: LateDay) -> Result<()> {
        let key = spending::late_day(granted.scope().organization(), late.day);
        let going = Edit::of(&self.tenant(granted.scope()), key).when("at", "=", late.at)?;
        match self.transact(vec![going.delete()?]).await {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("dropping a mark")),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
