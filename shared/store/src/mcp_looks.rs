//! What came of looks at MCP servers: whether they answer, and what they offer.

use domain::change::Change;
use domain::home::{Home, HomeCommand, InHome};
use domain::mcp_server::{
    DiscoverTools, Found, Look, McpServer, Reachability, Seen, ToolList, WatchMcpServers, tool_changes,
};
use domain::{Code, Error, Event, EventKind, Granted, Mint, Result};
use serde_json::json;

use crate::core::{Store, put};
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::mcp_servers::{key, target, tools_key};

/// So often a look is written anew where others write at the same time.
const TRIES: usize = 4;

/// Whether the record holds the look itself, or only what is others than before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Always,
    Changes,
}

impl Store {
    /// AP-318. What came of a look that somebody asked for, which is recorded whatever it is. Returns the server with it.
    ///
    /// # Errors
    /// [`Code::Conflict`] where the server was given another address or other headers meanwhile; [`Code::NotFound`] where it is
    /// gone.
    pub async fn record_discovery<H: Home>(
        &self,
        granted: &Granted<InHome<H, DiscoverTools>>,
        looked_at: &McpServer,
        look: &Look,
        mint: &mut Mint,
    ) -> Result<McpServer> {
        self.record_look(granted, looked_at, (look, Told::Always), mint).await
    }

    /// AP-319. The same of a look by the schedule, of which nothing is recorded but what changed.
    ///
    /// # Errors
    /// As [`Store::record_discovery`].
    pub async fn record_watch<H: Home>(
        &self,
        granted: &Granted<InHome<H, WatchMcpServers>>,
        looked_at: &McpServer,
        look: &Look,
        mint: &mut Mint,
    ) -> Result<McpServer> {
        self.record_look(granted, looked_at, (look, Told::Changes), mint).await
    }

    /// On the version and the number of looks that were read; where either is another one, anew on what is there now.
    async fn record_look<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        looked_at: &McpServer,
        (look, told): (&Look, Told),
        mint: &mut Mint,
    ) -> Result<McpServer> {
        let (home, mut before) = (granted.scope(), looked_at.clone());
        for _ in 0..TRIES {
            if !before.is_asked_like(looked_at) {
                break;
            }
            let seen = Seen::after(before.seen.as_ref(), look, mint.now());
            let table = self.table_of(home);
            let edit = Edit::of(&table, key(home, before.id)).set("seen", &seen)?;
            let edit = edit.when("version", "=", before.version)?;
            let edit = edit.when_in("seen", "looks", before.seen.as_ref().map(|seen| seen.looks))?;
            let mut writes = vec![edit.update()?];
            if let Look::Found(Found { tools, .. }) = look
                && seen.has_other_tools_than(before.seen.as_ref())
            {
                writes.push(put(&table, &TenantItem::of(tools_key(home, before.id), tools))?);
            }
            for event in self.look_events(granted, (&before, &seen), (look, told), mint).await? {
                writes.push(self.event(&event)?);
            }
            match self.transact(writes).await {
                Ok(()) => return Ok(McpServer { seen: Some(seen), ..before }),
                Err(fault) if fault.refused() == Some(0) => before = self.mcp_server(home, before.id).await?,
                Err(fault) => return Err(fault.into_error("recording a look at an MCP server")),
            }
        }
        Err(Error::new(Code::Conflict, "somebody changed the server at this moment; try again").after_seconds(1))
    }

    async fn look_events<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        (server, seen): (&McpServer, &Seen),
        (look, told): (&Look, Told),
        mint: &mut Mint,
    ) -> Result<Vec<Event>> {
        let (had, mut events) = (server.seen.as_ref(), vec![]);
        if told == Told::Always {
            events.push((EventKind::McpServerDiscovered, vec![Change::set("outcome", outcome(look))]));
        }
        if seen.differs_from(had) {
            let changes = reach(had.map(|seen| seen.reachability), seen.reachability);
            events.push((EventKind::McpServerReachabilityChanged, changes));
        }
        if let Look::Found(Found { tools, .. }) = look
            && seen.has_other_tools_than(had)
        {
            let known = self.known_tools(granted.scope(), server).await?;
            events.push((EventKind::McpServerToolsChanged, tool_changes(&known, tools)));
        }
        let event = |(kind, changes)| granted.event(mint, kind, target(server), changes);
        Ok(events.into_iter().map(event).collect())
    }

    /// What was found before; nothing where nothing was.
    async fn known_tools(&self, home: &impl Home, server: &McpServer) -> Result<ToolList> {
        if server.seen.as_ref().is_none_or(|seen| seen.tools.is_none()) {
            return Ok(ToolList::default());
        }
        let item: Option<TenantItem<ToolList>> = self.get(&self.table_of(home), &tools_key(home, server.id)).await?;
        Ok(item.map(|item| item.content).unwrap_or_default())
    }
}

/// One word for what came of a look.
fn outcome(look: &Look) -> &'static str {
    match look {
        Look::Found(_) => "works",
        Look::Failed(why) => why.slug(),
    }
}

fn reach(before: Option<Reachability>, after: Reachability) -> Vec<Change> {
    let is_reachable = |reach: Reachability| json!(reach == Reachability::Reachable);
    let why = |reach: Reachability| match reach {
        Reachability::Reachable => json!(null),
        Reachability::Unreachable { why } => json!(why),
    };
    let changes = [
        Change::between("reachable", before.map(is_reachable), Some(is_reachable(after))),
        Change::between("why", before.map(why), Some(why(after))),
    ];
    changes.into_iter().flatten().collect()
}
