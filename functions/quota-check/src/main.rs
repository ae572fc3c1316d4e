//! Cold start of the function `quota-check`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(quota_check::router(quota_check::App { core: parts.core() })))
}
