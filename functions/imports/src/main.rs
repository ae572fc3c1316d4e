//! Cold start of the function `imports`.

use std::process::ExitCode;

fn main() -> ExitCode {
    start::http(|parts| Ok(imports::router(imports::App { core: parts.core(), blobs: parts.blobs()? })))
}
