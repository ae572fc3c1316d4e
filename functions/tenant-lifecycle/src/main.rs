//! Cold start of the sweep over tenants.

use std::process::ExitCode;
use std::sync::Arc;

use tenancy::Tenancy;
use tenant_lifecycle::App;

fn main() -> ExitCode {
    start::messages(|parts| {
        let tenancy = Tenancy { store: parts.store(), vault: parts.vault()?, blobs: parts.blobs()? };
        let app = Arc::new(App { tenancy, clock: start::clock, random: start::random });
        Ok(move |_schedule| {
            let app = Arc::clone(&app);
            async move { app.sweep().await.map(tenant_lifecycle::Swept::into_answer) }
        })
    })
}
