//! Cold start of the function `providers`.

use std::process::ExitCode;
use std::sync::Arc;

use outbound::Allowed;

fn main() -> ExitCode {
    start::http(|parts| {
        let allowed = Allowed::try_from(parts.settings().outbound_allowed.as_deref().unwrap_or_default());
        let allowed = allowed.map_err(|why| start::Fault::new("OUTBOUND_ALLOWED", why.0))?;
        let vault = parts.vault()?;
        let sealer = seal::Sealer::new(vault.clone(), Arc::new(start::monotonic));
        Ok(providers::router(providers::App::new(parts.core(), vault, sealer, allowed)))
    })
}
