//! The Lambda function.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(console::router(console::App { core: parts.core() })))
}
