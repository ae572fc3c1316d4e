//! A function's real binary as Lambda starts it: an empty environment, the function's settings, the Runtime API's address.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::process::{Child, Command};

/// Starts the binary. Its log goes to this process's standard error; it ends with this value.
///
/// # Errors
/// There is no such binary, or it cannot be run.
pub fn start(binary: &Path, runtime_api: &str, environment: &[(&str, String)]) -> Result<Child> {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_LAMBDA_FUNCTION_NAME", "lane")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("LOG_LEVEL", "error")
        .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .kill_on_drop(true);
    command.spawn().with_context(|| format!("starting {}", binary.display()))
}
