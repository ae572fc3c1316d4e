//! Cold start of the function `tool-integrations`.

use std::process::ExitCode;

use outbound::Allowed;

fn main() -> ExitCode {
    start::http(|parts| {
        let allowed = Allowed::try_from(parts.settings().outbound_allowed.as_deref().unwrap_or_default());
        let allowed = allowed.map_err(|why| start::Fault::new("OUTBOUND_ALLOWED", why.0))?;
        Ok(tool_integrations::router(tool_integrations::App::new(parts.core(), parts.vault()?, allowed)))
    })
}
