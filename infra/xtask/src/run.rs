//! Running other programs, with the tools of this repository first on the path.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command ended badly, for a person.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl From<std::io::Error> for Failure {
    fn from(why: std::io::Error) -> Self {
        Self(why.to_string())
    }
}

/// Says a line to whoever ran this.
pub(crate) fn say(line: &str) {
    // Nobody is left to tell when the terminal is gone.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The repository's folder.
pub(crate) fn root() -> Result<PathBuf, Failure> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(Path::to_path_buf).ok_or_else(|| Failure("infra/xtask has moved".to_owned()))
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// Where this repository's own tools are installed.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// A program with the repository's tools before the machine's.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.env("PATH", path()).env("SAM_CLI_TELEMETRY", "0").env("AWS_DEFAULT_REGION", "eu-central-1");
    command
}

fn path() -> OsString {
    let tools = std::path::absolute(tools()).unwrap_or_else(|_| tools());
    let own = [tools.join("bin"), tools.join("venv/bin")];
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let all = own.into_iter().chain(std::env::split_paths(&machine));
    // Fails only if a folder's name holds a colon; then the machine's path has to do.
    std::env::join_paths(all).unwrap_or(machine)
}

/// Runs it, with its output shown.
pub(crate) fn succeed(command: &mut Command) -> Result<(), Failure> {
    let shown = describe(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure(format!("{shown}: {status}"))),
        Err(why) => Err(Failure(format!("{shown}: {why}"))),
    }
}

/// Runs it with its output shown, and gives the last line of standard error or output that `wanted` picks.
pub(crate) fn listen<T>(command: &mut Command, wanted: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    let shown = describe(command);
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer).stdin(Stdio::null());
    let mut child = command.spawn().map_err(|why| Failure(format!("{shown}: {why}")))?;
    // The command still holds the pipe's other end, and would keep the reading from ending.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut found = None;
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        say(&line);
        found = wanted(&line).or(found);
    }
    let status = child.wait()?;
    if status.success() { Ok(found) } else { Err(Failure(format!("{shown}: {status}"))) }
}

/// Whether it runs at all and succeeds, silently.
pub(crate) fn works(command: &mut Command) -> bool {
    let silent = command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// Cargo, with these arguments.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Result<(), Failure> {
    succeed(program("cargo").args(arguments))
}

/// Builds the named binaries of the workspace, or all of them, in the development profile. As the workspace, whatever is
/// named: its features are those of the tests, so that nothing is compiled twice.
pub(crate) fn binaries(names: &[&str]) -> Result<(), Failure> {
    let wanted = match names {
        [] => vec!["--bins"],
        names => names.iter().flat_map(|name| ["--bin", name]).collect(),
    };
    succeed(program("cargo").args(["build", "--workspace"]).args(wanted))
}

fn describe(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    let words: Vec<_> = std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect();
    words.join(" ")
}
