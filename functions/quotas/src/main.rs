//! Cold start of the function `quotas`.

use std::process::ExitCode;
use std::sync::Arc;

use seal::Sealer;

fn main() -> ExitCode {
    start::http(|parts| {
        let sealer = Sealer::new(parts.vault()?, Arc::new(start::monotonic));
        Ok(quotas::router(quotas::App { core: parts.core(), sealer }))
    })
}
