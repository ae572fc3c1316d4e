//! Cold start of the watch over MCP servers.

use std::process::ExitCode;
use std::sync::Arc;

use outbound::{Allowed, Outbound, SystemResolver};
use tool_watch::{App, BUDGET, Done};

fn main() -> ExitCode {
    start::messages(|parts| {
        let allowed = Allowed::try_from(parts.settings().outbound_allowed.as_deref().unwrap_or_default());
        let allowed = allowed.map_err(|why| start::Fault::new("OUTBOUND_ALLOWED", why.0))?;
        let outbound = Outbound::new(allowed, SystemResolver, vec![]);
        let (store, vault, budget) = (parts.store(), parts.vault()?, BUDGET);
        let app = Arc::new(App { store, vault, outbound, clock: start::clock, random: start::random, budget });
        Ok(move |_schedule| {
            let app = Arc::clone(&app);
            async move { app.run().await.map(Done::into_answer) }
        })
    })
}
