//! Cold start of the function `credential-leases`.

use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    start::http(|parts| {
        let vault = parts.vault()?;
        let sealer = seal::Sealer::new(vault.clone(), Arc::new(start::monotonic));
        Ok(credential_leases::router(credential_leases::App { core: parts.core(), vault, sealer }))
    })
}
