//! Cold start of the function `statements`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(statements::router(statements::App { core: parts.core() })))
}
