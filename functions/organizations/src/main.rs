//! Cold start of the function `organizations`.

use std::process::ExitCode;

use tenancy::Tenancy;

fn main() -> ExitCode {
    start::http(|parts| {
        let tenancy = Tenancy { store: parts.store(), vault: parts.vault()?, blobs: parts.blobs()? };
        Ok(organizations::router(organizations::App { core: parts.core(), tenancy }))
    })
}
