//! The statement of a month, computed from what was closed of its days.

use std::collections::BTreeMap;

use domain::quota::{
    Closing, DayLine, ROWS_AT_ONCE, ResetQuotas, Rows, Slice, Spent, SpentOn, Statement, StatementRow, Window,
};
use domain::{Error, Granted, OrgScope, Result, Timestamp};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::close::{DayItem, PUTS_AT_ONCE};
use crate::core::{Store, decode, encode};
use crate::edit::Edit;
use crate::keys::{Key, spending};
use crate::page::{Query, READ_AT_ONCE};

/// The head, as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct StatementItem {
    pk: String,
    sk: String,
    #[serde(flatten)]
    pub(super) statement: Statement,
    lines: u64,
}

/// A row, as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct RowItem {
    pk: String,
    pub(super) sk: String,
    #[serde(flatten)]
    pub(super) row: StatementRow,
    /// Of which version of the statement it is; see [`Statement::version`]. Earlier releases did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<u64>,
}

impl Store {
    /// AP-260. Computes a month's statement from all of its days and puts it: the rows first, the head last, each with the version
    /// that it is of. As with days, what was computed of more lines, or of more days, stays. Of a month without any call there is a head once it is over, and nothing before.
    /// False where a later one is there.
    pub async fn write_statement(
        &self,
        granted: &Granted<ResetQuotas>,
        month: Window,
        closing: &Closing,
        now: Timestamp,
    ) -> Result<bool> {
        let scope = granted.scope();
        let total = self.put_statement_rows(scope, month).await?;
        let closed = closing.next.start() > month.end();
        let made_at = Timestamp::from_millis(scope.organization().ulid().timestamp_ms());
        if total.is_nothing() && (!closed || month.end() <= made_at) {
            return Ok(true);
        }
        let statement = Statement { month, through: closing.next.before(), closed, total, computed_at: now };
        let (table, key) = (self.tenant(scope), spending::statement(scope.organization(), month));
        let Key { pk, sk } = key.clone();
        let item = encode(&StatementItem { pk, sk, statement, lines: total.lines })?;
        let edit = Edit::of(&table, key).set_all(item, &[])?;
        let edit = edit.unless_more("lines", total.lines)?.unless_more("through", statement.through)?;
        self.put_unless_more(&table, edit, "writing a statement").await
    }

    async fn put_statement_rows(&self, scope: &OrgScope, month: Window) -> Result<Spent> {
        let (table, organization) = (self.tenant(scope), scope.organization());
        let (mut parts, mut total) = (1, Spent::default());
        'smaller: loop {
            for slice in Slice::parts(parts) {
                let Some(rows) = self.month_added_up(scope, month, slice).await? else {
                    parts *= 2;
                    continue 'smaller;
                };
                let (rows, of) = rows;
                total = of;
                let puts = stream::iter(rows).map(async |(on, row)| {
                    let key = spending::statement_row(organization, month, &on);
                    let (Key { pk, sk }, lines) = (key.clone(), row.spent.lines);
                    let item = encode(&RowItem { pk, sk, row, of: Some(of.lines) })?;
                    let edit = Edit::of(&table, key).set_all(item, &[])?;
                    let edit = edit.unless_more("lines", lines)?.unless_more("of", of.lines)?;
                    self.put_unless_more(&table, edit, "writing a statement").await.map(drop)
                });
                puts.buffer_unordered(PUTS_AT_ONCE).try_collect::<()>().await?;
            }
            return Ok(total);
        }
    }

    /// The rows of that part, with the total of all; none where there are more rows than fit.
    async fn month_added_up(
        &self,
        scope: &OrgScope,
        month: Window,
        slice: Slice,
    ) -> Result<Option<(BTreeMap<SpentOn, StatementRow>, Spent)>> {
        let (mut rows, mut total) = (Rows::new(slice, ROWS_AT_ONCE), Spent::default());
        for day in month.ledger_days() {
            let mut fit = true;
            self.each_row(scope, day, |line| {
                if line.on == SpentOn::Everything {
                    total = total.plus(line.used.within(day, month));
                }
                fit = rows.add_day(month, day, line).is_ok();
                !fit
            })
            .await?;
            if !fit {
                return Ok(None);
            }
        }
        Ok(Some((rows.into_rows(), total)))
    }

    /// Every row of a day, in order; true where no more are wanted.
    async fn each_row(&self, scope: &OrgScope, day: Window, mut each: impl FnMut(DayLine) -> bool) -> Result<()> {
        let table = self.tenant(scope);
        let query = Query::of(&table, spending::usage(scope.organization(), day));
        let mut start = None;
        loop {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            for item in items {
                let DayItem { sk, used, name, .. } = decode(item)?;
                let on = sk.parse().map_err(|why: domain::Rejected| Error::internal(why.0))?;
                if each(DayLine { on, name, used }) {
                    return Ok(());
                }
            }
            start = next;
            if start.is_none() {
                return Ok(());
            }
        }
    }
}
