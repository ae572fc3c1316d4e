//! Statements as their organization's owners read them.

use domain::quota::{Closing, ReadStatements, Spent, SpentOn, Split, Statement, StatementLine, Window};
use domain::{Code, Error, Granted, Result, Timestamp};

use super::statements::{RowItem, StatementItem};
use crate::core::{Item, Store, decode};
use crate::cursor::Cursor;
use crate::items::TenantItem;
use crate::keys::spending;
use crate::page::{Page, Query, READ_AT_ONCE};
use crate::quota::read::Found;

impl Store {
    /// AP-261. The heads of all statements, the latest month first.
    pub async fn statements(
        &self,
        granted: &Granted<ReadStatements>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Statement>> {
        let table = self.tenant(granted.scope());
        let query = Query::of(&table, spending::statements(granted.scope().organization())).newest_first();
        let page = self.page("statements", query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| decode::<StatementItem>(item).map(|item| item.statement));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-262. The head of a month's statement; of a month of which nothing was closed yet one that says nothing.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] for a month before the organization's first, or one that has not begun.
    pub async fn statement(
        &self,
        granted: &Granted<ReadStatements>,
        month: Window,
        now: Timestamp,
    ) -> Result<Statement> {
        let organization = granted.scope().organization();
        let (head, closing) = (spending::statement(organization, month), spending::closing(organization));
        let keys = [head.clone(), closing.clone()].into();
        let found = Found::of(self.get_all(&[(&self.tenant(granted.scope()), keys)]).await?);
        if let Some(item) = found.get::<StatementItem>(&head)? {
            return Ok(item.statement);
        }
        let made_at = Timestamp::from_millis(organization.ulid().timestamp_ms());
        if month.end() <= made_at || month.start() > now {
            return Err(Error::not_found());
        }
        let closing = found.get::<TenantItem<Closing>>(&closing)?;
        let closing = closing.map_or_else(|| Closing::from(made_at), |item| item.content);
        let through = closing.next.before();
        Ok(Statement { month, through, closed: false, total: Spent::default(), computed_at: now })
    }

    /// AP-263. The head of a month's statement with a page of one split, by id. Head and rows are of one version, and so are all
    /// pages that follow each other.
    ///
    /// # Errors
    /// As [`Store::statement`]; [`Code::Unavailable`] where it is being written at this moment; [`Code::CursorInvalid`] where it was
    /// since the page before.
    pub async fn statement_page(
        &self,
        granted: &Granted<ReadStatements>,
        (month, split): (Window, Split),
        (cursor, limit): (Option<&Cursor>, u32),
        now: Timestamp,
    ) -> Result<(Statement, Page<StatementLine>)> {
        let list = format!("statement-{month}-{}", split.as_str());
        let sent = cursor.map(|cursor| cursor.place::<(u64, Vec<String>)>(&list)).transpose()?;
        let (version, behind) = sent.unzip();
        let behind = behind.map(|place| Cursor::at(&list, &place)).transpose()?;
        let (table, organization) = (self.tenant(granted.scope()), granted.scope().organization());
        let query = Query::of(&table, spending::statement_rows(organization, month));
        let query = query.beginning_with(format!("{}#", split.as_str()));
        let rows = self.page(&list, query, behind.as_ref(), limit);
        let (head, rows) = futures::try_join!(self.statement(granted, month, now), rows)?;
        if version.is_some_and(|version| version != head.version()) {
            let words = "the statement was computed anew since the page before; begin without a cursor";
            return Err(Error::new(Code::CursorInvalid, words).at("cursor"));
        }
        let next = rows.next.map(|next| Cursor::at(&list, &(head.version(), next.place::<Vec<String>>(&list)?)));
        let items = rows.items.into_iter().map(|item| {
            let (line, of) = line(item)?;
            of.is_none_or(|of| of == head.version()).then_some(line).ok_or_else(changing)
        });
        Ok((head, Page { items: items.collect::<Result<_>>()?, next: next.transpose()? }))
    }

    /// AP-263. The whole statement, for a file.
    ///
    /// # Errors
    /// [`Code::Unavailable`] where it is being written at this moment, so that it does not add up.
    pub async fn whole_statement(
        &self,
        granted: &Granted<ReadStatements>,
        month: Window,
        now: Timestamp,
    ) -> Result<(Statement, Vec<StatementLine>)> {
        let head = self.statement(granted, month, now).await?;
        let table = self.tenant(granted.scope());
        let query = Query::of(&table, spending::statement_rows(granted.scope().organization(), month));
        let (mut lines, mut start) = (vec![], None);
        loop {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            for item in items {
                lines.push(line(item)?.0);
            }
            start = next;
            if start.is_none() {
                break;
            }
        }
        lines.retain(|line: &StatementLine| line.on != SpentOn::Everything);
        let is_whole = Split::ALL.into_iter().all(|split| {
            let of_split = lines.iter().filter(|line| line.on.split() == Some(split));
            of_split.fold(Spent::default(), |sum, line| sum.plus(line.row.spent)) == head.total
        });
        is_whole.then_some((head, lines)).ok_or_else(changing)
    }
}

/// With the version that it is of, if that was said.
fn line(item: Item) -> Result<(StatementLine, Option<u64>)> {
    let RowItem { sk, row, of, .. } = decode(item)?;
    let on = sk.parse().map_err(|why: domain::Rejected| Error::internal(why.0))?;
    Ok((StatementLine { on, row }, of))
}

fn changing() -> Error {
    Error::new(Code::Unavailable, "the statement is being written; try again").after_seconds(5)
}
