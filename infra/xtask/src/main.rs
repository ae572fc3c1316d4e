//! `cargo xtask`: the commands of this repository.

mod bench;
mod lanes;
mod package;
mod run;
mod table;
mod tools;

use std::process::ExitCode;

use run::{Failure, say};

const USAGE: &str = "\
cargo xtask up [--fresh] [--data DIR] [--port N]   the whole system on this machine
cargo xtask test [LANE|PACKAGE…]                   everything that must pass
cargo xtask deny [--advisories]                    what the product may be built from
cargo xtask openapi                                rewrites the OpenAPI snapshot
cargo xtask superadmin …                           the operator's command
cargo xtask events                                 makes canned invocations that are missing
cargo xtask package [FUNCTION…]                    zips for template.yaml, built for arm64
cargo xtask bench start [FUNCTION…]                what a cold start costs
cargo xtask bench import [ROWS…]                   how long imports take, and what memory";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.0);
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[&str]) -> Result<(), Failure> {
    std::env::set_current_dir(run::root()?).map_err(|why| Failure(format!("the repository's folder: {why}")))?;
    match arguments {
        ["up", rest @ ..] => local("up", rest),
        ["superadmin", rest @ ..] => local("superadmin", rest),
        ["openapi"] => local("openapi", &[]),
        ["test", names @ ..] => lanes::test(names),
        ["deny"] => lanes::deny(&["bans", "licenses", "sources"]).map(|_| ()),
        ["deny", "--advisories"] => lanes::deny(&["advisories"]).map(|_| ()),
        ["events"] => run::cargo(["run", "-q", "-p", "lambda-lane", "--", "events"]),
        ["package", functions @ ..] => package::package(functions),
        ["bench", "start", functions @ ..] => bench::start(functions),
        ["bench", "import", rest @ ..] => bench::import(rest),
        _ => Err(Failure(USAGE.to_owned())),
    }
}

/// Builds the local stack, then becomes it: signals and the exit code are its own.
fn local(command: &str, rest: &[&str]) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    // Shown: the first build takes minutes, and silence would look like a hang.
    run::cargo(["build", "--package", "local"])?;
    let mut local = std::process::Command::new(run::target().join("debug/local"));
    let why = local.arg(command).args(rest).exec();
    Err(Failure(format!("the local stack does not start: {why}")))
}
