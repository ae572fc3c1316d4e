//! Cold start of the notifications.

use std::process::ExitCode;
use std::sync::Arc;

use notifications::App;

fn main() -> ExitCode {
    start::messages(|parts| {
        let app = Arc::new(App::of(parts)?);
        Ok(move |event| {
            let app = Arc::clone(&app);
            async move { notifications::handle(&app, event).await }
        })
    })
}
