//! A day's ledger, added up and put: however often, by however many at once, and whether they finish or not.

use std::collections::BTreeMap;

use domain::quota::{DayUse, ROWS_AT_ONCE, ResetQuotas, Rows, Slice, SpentOn, Window};
use domain::{Granted, OrgScope, Result};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::core::{Store, encode};
use crate::edit::Edit;
use crate::keys::{Key, spending};

/// So many rows are put at once.
pub(super) const PUTS_AT_ONCE: usize = 16;

/// One row of a day.
#[derive(Serialize, Deserialize)]
pub(crate) struct DayItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    #[serde(flatten)]
    pub(crate) used: DayUse,
    /// Of how many lines: one that was computed from fewer does not take its place.
    pub(crate) lines: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

impl Store {
    /// AP-251. Adds up all of a day's ledger and puts what it says of each row. Lines are only ever added to a ledger, so a row of more
    /// lines is the later one and stays. Reads the ledger again for each part of the rows where they are more than 50,000.
    /// Gives back how many lines there are.
    pub async fn close_day(&self, granted: &Granted<ResetQuotas>, day: Window) -> Result<u64> {
        let scope = granted.scope();
        let mut parts = 1;
        'smaller: loop {
            let mut lines = 0;
            for slice in Slice::parts(parts) {
                let Some(rows) = self.added_up(scope, day, slice).await? else {
                    parts *= 2;
                    continue 'smaller;
                };
                lines = lines.max(rows.get(&SpentOn::Everything).map_or(0, DayUse::lines));
                self.put_rows(scope, day, rows).await?;
            }
            return Ok(lines);
        }
    }

    /// None where there are more rows than fit.
    async fn added_up(&self, scope: &OrgScope, day: Window, slice: Slice) -> Result<Option<BTreeMap<SpentOn, DayUse>>> {
        let mut rows = Rows::new(slice, ROWS_AT_ONCE);
        let mut fit = true;
        self.each_line(scope, day, |line| {
            fit = rows.add_line(day, &line).is_ok();
            !fit
        })
        .await?;
        Ok(fit.then(|| rows.into_rows()))
    }

    async fn put_rows(&self, scope: &OrgScope, day: Window, rows: BTreeMap<SpentOn, DayUse>) -> Result<()> {
        let rows: Vec<(SpentOn, DayUse)> = rows.into_iter().collect();
        for some in rows.chunks(crate::spending::names::AT_ONCE) {
            let mut names = self.names_of(scope, some).await?;
            let puts = some.iter().map(|(on, used)| {
                let Key { pk, sk } = spending::used(scope.organization(), day, on);
                DayItem { pk, sk, used: *used, lines: used.lines(), name: names.remove(on) }
            });
            let puts: Vec<DayItem> = puts.collect();
            let puts = stream::iter(puts).map(|item| self.put_grown(scope, item));
            puts.buffer_unordered(PUTS_AT_ONCE).try_collect::<()>().await?;
        }
        Ok(())
    }

    async fn put_grown(&self, scope: &OrgScope, item: DayItem) -> Result<()> {
        let (key, lines) = (Key { pk: item.pk.clone(), sk: item.sk.clone() }, item.lines);
        let table = self.tenant(scope);
        let edit = Edit::of(&table, key).set_all(encode(&item)?, &[])?;
        self.put_unless_more(&table, edit.unless_more("lines", lines)?, "closing a day").await.map(drop)
    }

    /// Puts what was computed, unless something that was computed from more is there; false where it is.
    pub(crate) async fn put_unless_more(&self, table: &str, edit: Edit, doing: &'static str) -> Result<bool> {
        match self.send_to(table, edit).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused().is_some() => Ok(false),
            Err(fault) => Err(fault.into_error(doing)),
        }
    }
}
