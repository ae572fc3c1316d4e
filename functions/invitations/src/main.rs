//! The Lambda function.

use std::process::ExitCode;

use links::{HeldKey, PublicUrl};
use start::Fault;

fn main() -> ExitCode {
    start::http(|parts| {
        let portal = PublicUrl::try_from(parts.settings().public_url.clone());
        let portal = portal.map_err(|_| Fault::new("PUBLIC_URL", "is no origin"))?;
        let key = HeldKey::new(parts.vault()?, start::random);
        Ok(invitations::router(invitations::App { core: parts.core(), key, portal }))
    })
}
