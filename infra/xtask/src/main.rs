//! `cargo xtask`: the commands of this repository.

mod bench;
mod lanes;
mod package;
mod run;
mod table;
mod tools;

use std::ffi::OsString;
use std::path::Path;
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
cargo xtask bench import [ROWS…]                   how long imports take, and what memory
cargo xtask bench invitations [REQUESTS [ROWS]]    whether inviting and importing wait for mail
cargo xtask bench quota [CHECKS]                   what a check of quotas takes, and what it writes
cargo xtask bench quota midnight [SCOPES]          what the reset reads and writes when so many windows end
cargo xtask bench seal                             what sealing and opening takes, beside the cipher alone";

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
    let here = std::env::current_dir()?;
    std::env::set_current_dir(run::root()?).map_err(|why| Failure(format!("the repository's folder: {why}")))?;
    match arguments {
        ["up", rest @ ..] => local("up", &seen_from(&here, rest)),
        ["superadmin", rest @ ..] => local("superadmin", &seen_from(&here, rest)),
        ["openapi"] => local("openapi", &[]),
        ["test", names @ ..] => lanes::test(names),
        ["deny"] => lanes::deny(&["bans", "licenses", "sources"]).map(|_| ()),
        ["deny", "--advisories"] => lanes::deny(&["advisories"]).map(|_| ()),
        ["events"] => {
            run::binaries(&["lambda-lane"])?;
            run::succeed(run::program(run::target().join("debug/lambda-lane")).arg("events"))
        }
        ["package", functions @ ..] => package::package(functions),
        ["bench", "start", functions @ ..] => bench::start(functions),
        ["bench", "import", rest @ ..] => bench::import(rest),
        ["bench", "invitations", rest @ ..] => bench::invitations(rest),
        ["bench", "quota", rest @ ..] => bench::quota(rest),
        ["bench", "seal"] => bench::seal(),
        _ => Err(Failure(USAGE.to_owned())),
    }
}

/// The arguments with the folder of `--data` as whoever typed it means it: from where they are.
fn seen_from(here: &Path, arguments: &[&str]) -> Vec<OsString> {
    let mut is_folder = false;
    let mut seen = vec![];
    for argument in arguments {
        seen.push(match (argument.strip_prefix("--data="), is_folder) {
            (Some(folder), _) => prefixed("--data=", &here.join(folder)),
            (None, true) => here.join(argument).into_os_string(),
            (None, false) => OsString::from(argument),
        });
        is_folder = *argument == "--data";
    }
    seen
}

fn prefixed(option: &str, folder: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(folder);
    argument
}

/// Builds the local stack, then becomes it: signals and the exit code are its own.
fn local(command: &str, rest: &[OsString]) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    // Shown: the first build takes minutes, and silence would look like a hang.
    run::binaries(&["local"])?;
    let mut local = std::process::Command::new(run::target().join("debug/local"));
    let why = local.arg(command).args(rest).exec();
    Err(Failure(format!("the local stack does not start: {why}")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::seen_from;

    #[test]
    fn a_folder_is_meant_from_where_it_was_typed() {
        let here = Path::new("/home/ann");
        assert_eq!(seen_from(here, &["--data", "mine", "--port", "0"]), ["--data", "/home/ann/mine", "--port", "0"]);
        assert_eq!(seen_from(here, &["--data=mine", "--fresh"]), ["--data=/home/ann/mine", "--fresh"]);
        assert_eq!(seen_from(here, &["--data", "/mine"]), ["--data", "/mine"]);
    }
}
