//! `cargo xtask package`: a zip for each function, built for arm64 without Docker, where template.yaml looks for it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Failure, program, say, succeed, target};
use crate::tools;

const TRIPLE: &str = "aarch64-unknown-linux-gnu";
/// The C library of Amazon Linux 2023 is 2.34.
const TRIPLE_AND_LIBC: &str = "aarch64-unknown-linux-gnu.2.34";
const FLAGS: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS";
/// No outlining, and Graviton2 and what came after it, see infra/decisions/0036-what-a-zip-does-without.md.
const FOR_LAMBDA: &str = "-Cllvm-args=--enable-machine-outliner=never -Ctarget-cpu=neoverse-n1";

/// Builds the named functions, or all, one after the other: built together they would share test features.
pub(crate) fn package(names: &[&str]) -> Result<(), Failure> {
    tools::python()?;
    succeed(program("rustup").args(["target", "add", TRIPLE]))?;
    for name in chosen(names)? {
        let mut build = program("cargo");
        build.args(["zigbuild", "--release", "--package", &name, "--bin", &name, "--target", TRIPLE_AND_LIBC]);
        succeed(build.env(FLAGS, FOR_LAMBDA))?;
        let binary = target().join(TRIPLE).join("release").join(&name);
        let zip = zip(&name, &binary, &Path::new("target/lambda").join(format!("{name}.zip")))?;
        say(&format!("{}: {} bytes", zip.display(), fs::metadata(&zip)?.len()));
    }
    Ok(())
}

/// Every function's name: each folder under `functions` is one.
pub(crate) fn functions() -> Result<Vec<String>, Failure> {
    let mut names = vec![];
    for entry in fs::read_dir("functions")? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The named functions, or all.
pub(crate) fn chosen(names: &[&str]) -> Result<Vec<String>, Failure> {
    let all = functions()?;
    match names.iter().find(|name| !all.iter().any(|known| known == *name)) {
        Some(name) => Err(Failure(format!("no function is called {name}"))),
        None if names.is_empty() => Ok(all),
        None => Ok(names.iter().map(|name| (*name).to_owned()).collect()),
    }
}

/// A zip with the binary as `bootstrap`, executable, the same bytes each time.
pub(crate) fn zip(name: &str, binary: &Path, zip: &Path) -> Result<PathBuf, Failure> {
    let folder = target().join("lambda").join(name);
    fs::create_dir_all(&folder)?;
    let bootstrap = folder.join("bootstrap");
    fs::copy(binary, &bootstrap)?;
    if let Some(parent) = zip.parent() {
        fs::create_dir_all(parent)?;
    }
    succeed(program("python3").arg("infra/xtask/bootstrap_zip.py").arg(&bootstrap).arg(zip))?;
    Ok(zip.to_path_buf())
}
