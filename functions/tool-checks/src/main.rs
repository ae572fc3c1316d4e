//! Cold start of the function `tool-checks`.

use std::process::ExitCode;

use outbound::{Allowed, Outbound, SystemResolver};

fn main() -> ExitCode {
    start::http(|parts| {
        let allowed = Allowed::try_from(parts.settings().outbound_allowed.as_deref().unwrap_or_default());
        let allowed = allowed.map_err(|why| start::Fault::new("OUTBOUND_ALLOWED", why.0))?;
        let outbound = Outbound::new(allowed, SystemResolver, vec![]);
        let app = tool_checks::App { core: parts.core(), vault: parts.vault()?, outbound };
        Ok(tool_checks::router(app))
    })
}
