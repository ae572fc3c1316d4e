//! Logs: one JSON object a line on standard output, where the platform collects it.

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The client of the secrets server logs every refusal as an error, also "there is none yet", which is ordinary work.
const QUIET: [&str; 2] = ["rustify", "vaultrs"];

/// Sets the process's log up; a second call changes nothing.
pub(crate) fn start(level: Option<&str>) {
    let level = level.and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let targets = Targets::new().with_default(level).with_targets(QUIET.map(|target| (target, LevelFilter::OFF)));
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_ansi(false)
        .with_max_level(level)
        .finish();
    // Somebody else's log, such as a test's, stays.
    let _ = lines.with(targets).try_init();
}
