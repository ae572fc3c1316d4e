//! The data file: the whole state in its first line, one line for each change since.
//!
//! A change is in the file, as far as the operating system is concerned, before it
//! is acknowledged: killing the process loses nothing. It is flushed to the disk only
//! when the file is rewritten, which development can afford. A line that a kill cut
//! short is the last one, was never acknowledged, and is dropped.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::journal::Record;
use crate::ledger::{Ledger, Tables};

/// Bytes of changes after which the file is rewritten.
const CHANGES_BYTES_MAX: usize = 16 << 20;

/// The open data file.
pub(crate) struct Disk {
    path: PathBuf,
    file: File,
    changes_bytes: usize,
}

/// The state of an earlier run; `None` if there was none.
pub(crate) fn load(path: &Path) -> io::Result<Option<Tables>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut tables: Tables = serde_json::from_slice(lines.next().unwrap_or_default())?;
    for line in lines.filter(|line| line.ends_with(b"\n")) {
        serde_json::from_slice::<Record>(line)?.apply(&mut tables)?;
    }
    Ok(Some(tables))
}

impl Disk {
    /// Writes the state as it is and keeps the file open for what changes.
    pub(crate) fn create(path: PathBuf, tables: &Tables) -> io::Result<Self> {
        let file = replace(&path, tables)?;
        Ok(Self { path, file, changes_bytes: 0 })
    }

    /// Writes down what the ledger changed since the last call; after an error the file is rewritten, so that no half line stays in its middle.
    pub(crate) fn keep(&mut self, ledger: &mut Ledger) -> io::Result<()> {
        let mut lines = Vec::new();
        for entry in ledger.take_touched() {
            serde_json::to_writer(&mut lines, &Record::of(ledger, entry)?)?;
            lines.push(b'\n');
        }
        self.changes_bytes += lines.len();
        if self.changes_bytes > CHANGES_BYTES_MAX || self.file.write_all(&lines).is_err() {
            self.file = replace(&self.path, ledger)?;
            self.changes_bytes = 0;
        }
        Ok(())
    }
}

/// Writes beside the file, makes it durable, then puts it in the file's place: a kill at any time leaves the old or the new one.
///
/// The temporary file is made with mode 0600, which the rename keeps.
fn replace(path: &Path, tables: &Tables) -> io::Result<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = Builder::new().prefix(".vault-dev-").tempfile_in(folder)?;
    let mut line = serde_json::to_vec(tables)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.as_file().sync_data()?;
    Ok(file.persist(path)?)
}
