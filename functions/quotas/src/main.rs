//! Cold start of the function `quotas`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(quotas::router(quotas::App { core: parts.core() })))
}
