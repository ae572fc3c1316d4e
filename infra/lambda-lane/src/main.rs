//! Real bootstraps behind a small Runtime API: `replay` the canned invocations, make missing `events`, measure a `start`.

mod backing;
mod canned;
mod cases;
mod cold_start;
mod replay;
mod template;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::backing::Backing;
use crate::template::Function;

const USAGE: &str = "lambda-lane replay FOLDER [FUNCTION…] | events | start BINARY [TIMES]";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<()> {
    let root = Path::new(".");
    let functions = template::read(&root.join("template.yaml"))?;
    match arguments {
        [command] if command == "events" => make_events(&functions, &root.join("events")),
        [command, folder, names @ ..] if command == "replay" => {
            replay_all(&functions, &root.join("events"), Path::new(folder), names).await
        }
        [command, binary, times @ ..] if command == "start" => {
            let times = times.first().map_or(Ok(5), |times| times.parse()).context("TIMES is a number")?;
            cold_starts(Path::new(binary), times).await
        }
        _ => bail!(USAGE),
    }
}

fn make_events(functions: &[Function], events: &Path) -> Result<()> {
    for function in functions {
        let written = canned::write(function, events)?;
        say(&format!("{}: {written} new", function.name));
    }
    Ok(())
}

/// Every function of the template, or the named ones; a missing binary is a failure like any other.
async fn replay_all(functions: &[Function], events: &Path, binaries: &Path, names: &[String]) -> Result<()> {
    let backing = Backing::start().await?;
    let (mut total, mut failed) = (0, 0);
    for function in functions.iter().filter(|function| names.is_empty() || names.contains(&function.name)) {
        let binary: PathBuf = binaries.join(&function.name);
        match replay::replay(function, events, &binary, &backing).await {
            Ok(count) => {
                say(&format!("{}: {count} invocations as expected", function.name));
                total += count;
            }
            Err(error) => {
                say(&format!("{error:#}"));
                failed += 1;
            }
        }
    }
    say(&format!("lambda: {total} invocations as expected, {failed} functions failed"));
    if failed > 0 { bail!("{failed} functions failed") } else { Ok(()) }
}

async fn cold_starts(binary: &Path, times: u32) -> Result<()> {
    let backing = Backing::start().await?;
    for _ in 0..times {
        let cold = cold_start::measure(binary, &backing).await?;
        say(&format!("cpu {:.1} ms, memory {} KiB", cold.cpu.as_secs_f64() * 1000.0, cold.memory_kib_max));
    }
    Ok(())
}

fn say(line: &str) {
    // Nobody is left to tell when the terminal is gone.
    let _ = writeln!(std::io::stdout(), "{line}");
}
