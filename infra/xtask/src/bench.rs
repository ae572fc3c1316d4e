//! `cargo xtask bench`: figures, not verdicts.

use std::fs;

use crate::run::{self, Failure, cargo, program, say, succeed, target};
use crate::{package, tools};

/// The cold start of the named functions, or of all: processor time from the start to the first poll of the Runtime API,
/// memory, and the zip's size, as built for this machine.
pub(crate) fn start(names: &[&str]) -> Result<(), Failure> {
    tools::python()?;
    run::binaries(&["lambda-lane"])?;
    for name in package::chosen(names)? {
        cargo(["build", "--release", "--quiet", "--package", &name, "--bin", &name])?;
        let binary = target().join("release").join(&name);
        let zip = package::zip(&name, &binary, &target().join("bench").join(format!("{name}.zip")))?;
        say(&format!("{name}: zip {} bytes", fs::metadata(zip)?.len()));
        succeed(program(target().join("debug/lambda-lane")).arg("start").arg(binary))?;
    }
    Ok(())
}

/// Whether requests that invite, and imports, wait for mail.
pub(crate) fn invitations(numbers: &[&str]) -> Result<(), Failure> {
    run::binaries(&["import-worker", "bench"])?;
    succeed(program(target().join("debug/bench")).arg(target().join("debug")).arg("invitations").args(numbers))
}

/// What a check of quotas costs, compiled for speed: the local stack and the function are one program here. Or what many
/// counters cost at midnight.
pub(crate) fn quota(numbers: &[&str]) -> Result<(), Failure> {
    cargo(["build", "--workspace", "--profile", "measured", "--bin", "bench", "--bin", "quota-reset"])?;
    let folder = target().join("measured");
    succeed(program(folder.join("bench")).arg(&folder).arg("quota").args(numbers))
}

/// What sealing and opening an attribute takes with a data key at hand, compiled for speed, beside the cipher alone.
pub(crate) fn seal() -> Result<(), Failure> {
    cargo(["build", "--profile", "measured", "--package", "seal", "--example", "seal_time"])?;
    succeed(&mut program(target().join("measured/examples/seal_time")))
}

/// What imports of the given numbers of rows cost, beside the same reading and writing in Python.
pub(crate) fn import(rows: &[&str]) -> Result<(), Failure> {
    tools::python()?;
    run::binaries(&["import-worker", "bench"])?;
    succeed(program(target().join("debug/bench")).arg(target().join("debug")).args(rows))
}
