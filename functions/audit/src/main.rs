//! Cold start of the function `audit`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(audit::router(audit::App { core: parts.core() })))
}
