//! Cold start of the function that turns encryption keys.

use std::process::ExitCode;
use std::sync::Arc;

use encryption_keys::{App, Done, Limits};

fn main() -> ExitCode {
    start::messages(|parts| {
        let (store, vault) = (parts.store(), parts.vault()?);
        let app = App { store, vault, clock: start::clock, random: start::random, limits: Limits::default() };
        let app = Arc::new(app);
        Ok(move |_schedule| {
            let app = Arc::clone(&app);
            async move { app.run().await.map(Done::into_answer) }
        })
    })
}
