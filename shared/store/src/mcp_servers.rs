//! MCP servers of an organization or of the platform: make, list, read, edit, delete.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::home::{Home, HomeCommand, InHome};
use domain::id::McpServerId;
use domain::mcp_server::{CreateMcpServer, DeleteMcpServer, EditMcpServer, McpServer, ReadMcpServers, ToolList};
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, Result};
use serde_json::{Value, json};

use crate::core::{Store, decode, encode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::homes::list_of;
use crate::idempotency::{Idempotency, Made};
use crate::items::{ClaimItem, TenantItem};
use crate::keys::{Key, tool};
use crate::organizations::acting;
use crate::page::{Page, Query};

const LISTS: [&str; 2] = ["mcp-servers", "platform-mcp-servers"];

impl Store {
    /// AP-310. A server without headers, its name claimed, and the event in one transaction.
    ///
    /// # Errors
    /// [`Code::McpServerNameTaken`]; [`Code::OrganizationNotActive`] where content is not made yet or being purged.
    pub async fn create_mcp_server<H: Home>(
        &self,
        granted: &Granted<InHome<H, CreateMcpServer>>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<McpServer>> {
        let (home, id) = (granted.scope(), mint.id());
        let server = granted.command().what.made(id, acting(granted.actor()), mint.now());
        let changes = between(None, Some(&server));
        let event = granted.event(mint, EventKind::McpServerCreated, target(&server), changes);
        let table = self.table_of(home);
        let mut writes = vec![
            put_new(&table, &ClaimItem::of(name_key(home, &server), id))?,
            put_new(&table, &TenantItem::of(key(home, id), &server))?,
            self.event(&event)?,
        ];
        writes.extend(self.is_home_there(home)?);
        let mark = self.mark(granted.actor(), sent, id, mint)?;
        self.make(writes, mark, server).await?.map_err(|fault| match fault.refused() {
            Some(0) => name_taken(),
            Some(3) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
            _ => fault.into_error("making an MCP server"),
        })
    }

    /// AP-311. The servers of a home, oldest first, each with what came of the last look.
    pub async fn list_mcp_servers<H: Home>(
        &self,
        granted: &Granted<InHome<H, ReadMcpServers>>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<McpServer>> {
        let home = granted.scope();
        let table = self.table_of(home);
        let query = Query::of(&table, partition(home)).beginning_with(tool::MCP_PREFIX);
        let page = self.page(list_of(home, LISTS), query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| Ok(decode::<TenantItem<McpServer>>(item)?.content));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-312. One of them; also what an earlier request with the same idempotency key made.
    pub async fn read_mcp_server<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        id: McpServerId,
    ) -> Result<McpServer> {
        self.mcp_server(granted.scope(), id).await
    }

    /// AP-313. A server with what it offers, in one round trip.
    pub async fn read_tools<H: Home>(
        &self,
        granted: &Granted<InHome<H, ReadMcpServers>>,
        id: McpServerId,
    ) -> Result<(McpServer, ToolList)> {
        let home = granted.scope();
        let (key, tools) = (key(home, id), tools_key(home, id));
        let (mut server, mut list) = (None, ToolList::default());
        for item in self.get_many(&self.table_of(home), &[key.clone(), tools]).await? {
            if item.get("sk").and_then(|sk| sk.as_s().ok()) == Some(&key.sk) {
                server = Some(decode::<TenantItem<McpServer>>(item)?.content);
            } else {
                list = decode::<TenantItem<ToolList>>(item)?.content;
            }
        }
        Ok((server.ok_or_else(Error::not_found)?, list))
    }

    /// AP-314. Name, address, and whether it is used, on the version that was read. At another host, port or scheme its headers
    /// are void from here on: then also which version they were. What was seen at another address goes.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`], [`Code::McpServerNameTaken`].
    pub async fn edit_mcp_server<H: Home>(
        &self,
        granted: &Granted<InHome<H, EditMcpServer>>,
        mint: &mut Mint,
    ) -> Result<(McpServer, Option<u64>)> {
        let (home, asked) = (granted.scope(), &granted.command().what);
        let before = self.mcp_server(home, asked.id).await?;
        if asked.version != before.version {
            return Err(Error::stale());
        }
        let after = asked.apply(&before, mint.now());
        let changes = between(Some(&before), Some(&after));
        if changes.is_empty() {
            return Ok((before, None));
        }
        let event = granted.event(mint, EventKind::McpServerEdited, target(&after), changes);
        let table = self.table_of(home);
        let mut writes = vec![self.replace_mcp_server(home, &before, &after)?.update()?, self.event(&event)?];
        let (from, to) = (name_key(home, &before), name_key(home, &after));
        if from != to {
            writes.push(put_new(&table, &ClaimItem::of(to, after.id))?);
            writes.push(Edit::of(&table, from).delete()?);
        }
        if after.seen.is_none() {
            writes.push(self.without_tools(home, after.id)?);
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(2) => name_taken(),
            _ => fault.into_error("editing an MCP server"),
        })?;
        let void = before.credential.filter(|_| after.credential.is_none()).map(|held| held.credential.version);
        Ok((after, void))
    }

    /// AP-315. The server goes, with what it offers and the way to its headers. Nothing names servers yet, so none is refused to
    /// go for that.
    ///
    /// # Errors
    /// [`Code::Conflict`] where it is changed at this moment.
    pub async fn delete_mcp_server<H: Home>(
        &self,
        granted: &Granted<InHome<H, DeleteMcpServer>>,
        mint: &mut Mint,
    ) -> Result<()> {
        let home = granted.scope();
        let before = self.mcp_server(home, granted.command().what.id).await?;
        let event = granted.event(mint, EventKind::McpServerDeleted, target(&before), between(Some(&before), None));
        let table = self.table_of(home);
        let writes = vec![
            Edit::of(&table, key(home, before.id)).when("version", "=", before.version)?.delete()?,
            Edit::of(&table, name_key(home, &before)).delete()?,
            self.without_tools(home, before.id)?,
            self.event(&event)?,
        ];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::new(Code::Conflict, "somebody changed the server at this moment; try again"),
            None => fault.into_error("deleting an MCP server"),
        })
    }

    /// A server of that home; another home's is unknown.
    pub(crate) async fn mcp_server(&self, home: &impl Home, id: McpServerId) -> Result<McpServer> {
        let item: Option<TenantItem<McpServer>> = self.get(&self.table_of(home), &key(home, id)).await?;
        item.map(|item| item.content).ok_or_else(Error::not_found)
    }

    /// The server as it is now, on the version that was read. What looks have written meanwhile stays, unless it does not hold
    /// any more.
    pub(crate) fn replace_mcp_server(&self, home: &impl Home, before: &McpServer, after: &McpServer) -> Result<Edit> {
        let mut edit = Edit::of(&self.table_of(home), key(home, after.id)).set_all(encode(after)?, &["seen"])?;
        if after.credential.is_none() {
            edit = edit.remove("credential");
        }
        if after.seen.is_none() {
            edit = edit.remove("seen");
        }
        edit.when("version", "=", before.version)
    }

    fn without_tools(&self, home: &impl Home, id: McpServerId) -> Result<TransactWriteItem> {
        Edit::of(&self.table_of(home), tools_key(home, id)).delete()
    }
}

pub(crate) fn partition(home: &impl Home) -> String {
    tool::mcp_servers(home.organization().map(OrgScope::organization))
}

pub(crate) fn key(home: &impl Home, id: McpServerId) -> Key {
    tool::mcp_server(home.organization().map(OrgScope::organization), id)
}

pub(crate) fn tools_key(home: &impl Home, id: McpServerId) -> Key {
    tool::tools(home.organization().map(OrgScope::organization), id)
}

fn name_key(home: &impl Home, named: &McpServer) -> Key {
    tool::mcp_server_name(home.organization().map(OrgScope::organization), &named.name.folded())
}

pub(crate) fn target(server: &McpServer) -> Target {
    Target::named("mcp-server", server.id, &server.name)
}

fn name_taken() -> Error {
    Error::new(Code::McpServerNameTaken, "another MCP server here has that name").at("/name")
}

/// What the record says: each field; of headers their names and a mask.
pub(crate) fn between(before: Option<&McpServer>, after: Option<&McpServer>) -> Vec<Change> {
    let field = |name: &str, get: fn(&McpServer) -> Value| Change::between(name, before.map(get), after.map(get));
    let fields = [
        field("name", |server| server.name.to_string().into()),
        field("url", |server| server.url.to_string().into()),
        field("enabled", |server| server.enabled.into()),
        field("headers", |server| json!(server.credential.as_ref().map(|held| &held.headers))),
        field("credential", |server| json!(server.credential.as_ref().map(|held| &held.credential.mark.mask))),
    ];
    fields.into_iter().flatten().collect()
}
