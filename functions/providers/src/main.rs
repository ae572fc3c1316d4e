//! Cold start of the function `providers`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(providers::router(providers::App::new(parts.core(), parts.vault()?))))
}
