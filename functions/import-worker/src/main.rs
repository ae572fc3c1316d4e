//! Cold start of the import worker.

use std::process::ExitCode;
use std::sync::Arc;

use import_worker::App;

fn main() -> ExitCode {
    start::messages(|parts| {
        let temp_dir = std::env::temp_dir();
        // A run that took too long is killed, and the next one finds its files.
        import_worker::clear_scratch(&temp_dir);
        let app = Arc::new(App {
            store: parts.store(),
            blobs: parts.blobs()?,
            vault: parts.vault()?,
            clock: start::clock,
            random: start::random,
            temp_dir,
        });
        Ok(move |event| {
            let app = Arc::clone(&app);
            async move { import_worker::handle(&app, event).await }
        })
    })
}
