//! Logs: one JSON object a line on standard output, where the platform collects it.

use tracing::Level;

/// Sets the process's log up; a second call changes nothing.
pub(crate) fn start(level: Option<&str>) {
    let level = level.and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_ansi(false)
        .with_max_level(level);
    // Somebody else's log, such as a test's, stays.
    let _ = lines.try_init();
}
