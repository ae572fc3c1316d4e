//! A visit to one home: its servers that are due, for a share of the time that is everybody's.

use std::time::Duration;

use domain::home::{Home, InHome};
use domain::mcp_server::{Look, McpServer, WatchMcpServers};
use domain::{Actor, Code, Error, Granted, Result, Timestamp};
use futures::stream::{self, StreamExt};
use store::mcp_credential_path;

use crate::{App, Done};

/// So many servers a visit looks at.
const SERVERS: usize = 10;
/// So many of them at a time.
const AT_ONCE: usize = 2;
/// After that time no further one is looked at.
const SHARE: Duration = Duration::from_secs(60);

impl App {
    /// Whatever goes wrong in a home is its own.
    pub(crate) async fn home<H: Home>(&self, actor: Actor, at: H::At) -> Done {
        match self.visit::<H>(actor, at).await {
            Ok(done) => done,
            // It is archived, purged or not made at this moment.
            Err(error) if error.code() == Code::OrganizationNotActive => Done::default(),
            Err(error) => {
                tell(&error, "the MCP servers of a home could not be looked at");
                Done { failed: 1, ..Done::default() }
            }
        }
    }

    async fn visit<H: Home>(&self, actor: Actor, at: H::At) -> Result<Done> {
        let granted = actor.grant(InHome::<H, _>::new(WatchMcpServers), at)?;
        let now = (self.clock)();
        let share = now.plus(SHARE);
        let due = self.store.mcp_servers_due(&granted, now, SERVERS).await?;
        let looks = due.iter().map(|server| self.server(&granted, server, share));
        let looked = stream::iter(looks).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        let visited = Done { homes: 1, ..Done::default() };
        Ok(looked.into_iter().fold(visited, Done::and))
    }

    async fn server<H: Home>(
        &self,
        granted: &Granted<InHome<H, WatchMcpServers>>,
        server: &McpServer,
        share: Timestamp,
    ) -> Done {
        if (self.clock)() >= share {
            return Done::default();
        }
        match self.look(granted, server).await {
            Ok(Look::Found(_)) => Done { reachable: 1, ..Done::default() },
            Ok(Look::Failed(_)) => Done { unreachable: 1, ..Done::default() },
            // It was changed meanwhile, or is gone.
            Err(error) if matches!(error.code(), Code::Conflict | Code::NotFound) => {
                Done { skipped: 1, ..Done::default() }
            }
            Err(error) => {
                tell(&error, "an MCP server could not be looked at");
                Done { skipped: 1, ..Done::default() }
            }
        }
    }

    async fn look<H: Home>(&self, granted: &Granted<InHome<H, WatchMcpServers>>, server: &McpServer) -> Result<Look> {
        let path = mcp_credential_path(granted.scope(), server.id);
        let look = mcp::look(&self.vault, &self.outbound, &path, server).await?;
        self.store.record_watch(granted, server, &look, &mut self.mint()).await?;
        Ok(look)
    }
}

fn tell(error: &Error, what: &'static str) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::warn!(%error, source, what);
}
