//! Cold start of the function `models`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(models::router(models::App { core: parts.core() })))
}
