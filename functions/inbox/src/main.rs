//! Cold start of the function `inbox`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(inbox::router(inbox::App { core: parts.core() })))
}
