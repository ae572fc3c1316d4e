//! `cargo xtask test`: every lane in order, each with what it needs, and a table at the end.

use std::time::Instant;

use crate::run::{self, Failure, cargo, listen, program, say, succeed, target, works};
use crate::table::{Line, table};
use crate::tools;

type Lane = (&'static str, fn() -> Result<String, Failure>);

const LANES: [Lane; 7] = [
    ("fmt", fmt),
    ("clippy", clippy),
    ("tests", || tests(&["--workspace"])),
    ("template", template),
    ("deny", || deny(&["bans", "licenses", "sources"])),
    ("docs", docs),
    ("lambda", lambda),
];

/// Runs all lanes, or the named ones. Another name is a package, of which the tests run.
pub(crate) fn test(names: &[&str]) -> Result<(), Failure> {
    let is_lane = |name: &str| LANES.iter().any(|(lane, _)| *lane == name);
    let packages: Vec<&str> = names.iter().copied().filter(|name| !is_lane(name)).collect();
    let chosen = |lane: &str| names.is_empty() || names.contains(&lane);
    let mut lines: Vec<Line> =
        LANES.iter().filter(|(lane, _)| chosen(lane)).map(|(lane, run)| timed(lane, run)).collect();
    if !packages.is_empty() {
        let wanted: Vec<&str> = packages.iter().flat_map(|package| ["--package", package]).collect();
        lines.push(timed("packages", || tests(&wanted)));
    }
    say("");
    say(&table(&lines));
    let failed = lines.iter().filter(|line| line.outcome.is_err()).count();
    if failed == 0 { Ok(()) } else { Err(Failure(format!("{failed} of {} lanes failed", lines.len()))) }
}

/// A lane that fails keeps no other one from running.
#[expect(clippy::disallowed_methods, reason = "how long a lane took is a figure for people, and nothing depends on it")]
fn timed(lane: &'static str, run: impl Fn() -> Result<String, Failure>) -> Line {
    say(&format!("── {lane}"));
    let started = Instant::now();
    let outcome = run();
    if let Err(Failure(why)) = &outcome {
        say(why);
    }
    Line { lane, took: started.elapsed(), outcome }
}

fn fmt() -> Result<String, Failure> {
    cargo(["fmt", "--all", "--check"])?;
    Ok("all files".to_owned())
}

/// What the product may be built from.
pub(crate) fn deny(checks: &[&str]) -> Result<String, Failure> {
    tools::cargo_deny()?;
    succeed(program("cargo").args(["deny", "--config", "infra/deny.toml", "check"]).args(checks))?;
    let rest = if checks.contains(&"advisories") { "" } else { "; advisories run only in the GitHub workflow" };
    Ok(format!("{}{rest}", checks.join(", ")))
}

fn clippy() -> Result<String, Failure> {
    cargo(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"])?;
    Ok("all targets, warnings denied".to_owned())
}

/// Unit, function, contract and journey tests: all that cargo knows.
fn tests(packages: &[&str]) -> Result<String, Failure> {
    tools::cargo_nextest()?;
    // The AWS command line, and the programs that write workbooks.
    tools::python()?;
    let mut command = program("cargo");
    command.args(["nextest", "run", "--no-fail-fast", "--status-level", "fail"]).args(packages);
    let summary = listen(&mut command, |line| Some(line.trim().strip_prefix("Summary")?.trim().to_owned()))?;
    summary.ok_or_else(|| Failure("no tests ran".to_owned()))
}

/// The pages; and the examples in them, as soon as there is one: without any, compiling them all for nothing takes minutes.
fn docs() -> Result<String, Failure> {
    let mut doc = program("cargo");
    doc.args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "--deny warnings");
    succeed(&mut doc)?;
    let has_examples = works(program("git").args(["grep", "--quiet", "--extended-regexp", EXAMPLE, "--", "*.rs"]));
    if has_examples {
        cargo(["test", "--workspace", "--doc", "--quiet"])?;
    }
    Ok(format!("every page, warnings denied; {}", if has_examples { "every example" } else { "there are no examples" }))
}

/// How an example of Rust begins in a documentation comment.
const EXAMPLE: &str = "^[[:space:]]*//[/!][[:space:]]*```(rust.*)?$";

fn template() -> Result<String, Failure> {
    tools::python()?;
    succeed(program("sam").args(["validate", "--lint", "--template-file", "template.yaml"]))?;
    succeed(program("cfn-lint").arg("template.yaml"))?;
    Ok("sam validate --lint, cfn-lint".to_owned())
}

/// The real bootstraps, in the development profile, behind a Runtime API.
fn lambda() -> Result<String, Failure> {
    run::binaries(&[])?;
    let mut replay = program(target().join("debug/lambda-lane"));
    replay.arg("replay").arg(target().join("debug"));
    let summary = listen(&mut replay, |line| Some(line.strip_prefix("lambda: ")?.to_owned()))?;
    summary.ok_or_else(|| Failure("nothing was replayed".to_owned()))
}
