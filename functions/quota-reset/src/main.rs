//! Cold start of the scheduled reset of quotas.

use std::process::ExitCode;
use std::sync::Arc;

use quota_reset::{App, BUDGET, Done};

fn main() -> ExitCode {
    start::messages(|parts| {
        let app = App { store: parts.store(), clock: start::clock, random: start::random, budget: BUDGET };
        let app = Arc::new(app);
        Ok(move |_schedule| {
            let app = Arc::clone(&app);
            async move { app.run().await.map(Done::into_answer) }
        })
    })
}
