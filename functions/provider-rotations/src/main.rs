//! Cold start of the rotations of providers' credentials.

use std::process::ExitCode;
use std::sync::Arc;

use outbound::{Allowed, Outbound, SystemResolver};
use provider_rotations::{App, Clock, Done};

fn main() -> ExitCode {
    start::messages(|parts| {
        let allowed = Allowed::try_from(parts.settings().outbound_allowed.as_deref().unwrap_or_default());
        let allowed = allowed.map_err(|why| start::Fault::new("OUTBOUND_ALLOWED", why.0))?;
        let outbound = Outbound::new(allowed, SystemResolver, vec![]);
        let clock = Clock { now: start::clock, random: start::random };
        let app = Arc::new(App::new(parts.store(), parts.vault()?, outbound, clock));
        Ok(move |_schedule| {
            let app = Arc::clone(&app);
            async move { app.run().await.map(Done::into_answer) }
        })
    })
}
