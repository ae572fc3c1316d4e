//! The Lambda function.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(identity::router(identity::App::new(parts.core(), parts.vault()?))))
}
