//! Which MCP servers the schedule is to look at, and where it goes on.

use domain::home::{Home, InHome};
use domain::mcp_server::{McpServer, WatchMcpServers, WatchOrganizations};
use domain::organization::{Organization, Status};
use domain::{Granted, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode, encode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::items::{OrganizationItem, TenantItem};
use crate::keys::{Key, index, tool};
use crate::mcp_servers::partition;
use crate::page::{Page, Query};

/// So many servers a query reads, and so many queries are made of one home.
const READ: u32 = 200;
const QUERIES_MAX: usize = 10;

#[derive(Serialize, Deserialize)]
struct TurnItem {
    pk: String,
    sk: String,
    cursor: Option<String>,
}

impl Store {
    /// AP-320. Organizations that are in use, in the order of their names, one at a time: a turn may end behind each.
    pub async fn organizations_to_watch(
        &self,
        _: &Granted<WatchOrganizations>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Organization>> {
        let query = Query::on(&self.platform, index::SECOND, index::organizations_of(Status::Active));
        let page = self.page("tool-watch", query, cursor, 1).await?;
        let items = page.items.into_iter().map(|item| decode::<OrganizationItem>(item).map(Organization::from));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-321. Where the turn through organizations is; none at its beginning.
    pub async fn watch_turn(&self, _: &Granted<WatchOrganizations>) -> Result<Option<Cursor>> {
        let item: Option<TurnItem> = self.get(&self.platform, &tool::watch_turn()).await?;
        Ok(item.and_then(|item| item.cursor).map(Cursor::sent))
    }

    /// AP-322. The turn goes on from there. Of two that run at once the later word counts; either only repeats.
    pub async fn set_watch_turn(&self, _: &Granted<WatchOrganizations>, cursor: Option<&Cursor>) -> Result<()> {
        let Key { pk, sk } = tool::watch_turn();
        let item = encode(&TurnItem { pk, sk, cursor: cursor.map(|cursor| cursor.as_str().to_owned()) })?;
        let edit = Edit::of(&self.platform, tool::watch_turn()).set_all(item, &[])?;
        edit.send(&self.client).await.map_err(|fault| fault.into_error("going on with the turn"))
    }

    /// AP-323. The servers of a home that are due, the longest overdue first, at most so many. Of a home with more than 2,000
    /// servers the others are not looked at.
    pub async fn mcp_servers_due<H: Home>(
        &self,
        granted: &Granted<InHome<H, WatchMcpServers>>,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<McpServer>> {
        let home = granted.scope();
        let table = self.table_of(home);
        let query = Query::of(&table, partition(home)).beginning_with(tool::MCP_PREFIX);
        let (mut due, mut start) = (vec![], None);
        for _ in 0..QUERIES_MAX {
            let (items, next) = self.query(&query, start, READ).await?;
            for item in items {
                let server = decode::<TenantItem<McpServer>>(item)?.content;
                due.extend(Some(server).filter(|server| server.is_due(now)));
            }
            start = next;
            if start.is_none() {
                break;
            }
        }
        due.sort_by_key(|server| server.seen.as_ref().map(|seen| seen.next_at));
        due.truncate(most);
        Ok(due)
    }
}
