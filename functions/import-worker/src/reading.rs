//! Reads the workbook on a thread of its own and hands its rows over in small batches: neither side gets far ahead.

use std::fs::File;
use std::path::{Path, PathBuf};

use domain::import_row::TypedRow;
use sheets::{Fault, Row, Workbook};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

/// As many rows as one look-up takes.
const ROWS_AT_ONCE: usize = 50;
/// Long cells end a batch early.
const BYTES_AT_ONCE: usize = 256 * 1024;

/// A workbook that is being read.
pub(crate) struct Reading {
    /// The rows.
    pub(crate) batches: Receiver<Vec<TypedRow>>,
    /// How it ended; only a reading that ended well has seen a sound sheet.
    pub(crate) end: JoinHandle<Result<(), Fault>>,
}

/// Begins to read. The thread ends soon after `batches` is dropped.
pub(crate) fn begin(file: File, temp_dir: PathBuf) -> Reading {
    let (sender, batches) = channel(2);
    Reading { batches, end: tokio::task::spawn_blocking(move || read(file, &temp_dir, &sender)) }
}

fn read(file: File, temp_dir: &Path, sender: &Sender<Vec<TypedRow>>) -> Result<(), Fault> {
    let mut book = Workbook::open(file, temp_dir)?;
    let (mut batch, mut bytes) = (vec![], 0);
    for row in book.users()? {
        let row = typed(row?);
        bytes += row.org_id.len() + row.email.len() + row.display_name.len() + row.password.len();
        batch.push(row);
        if batch.len() < ROWS_AT_ONCE && bytes < BYTES_AT_ONCE {
            continue;
        }
        bytes = 0;
        if sender.blocking_send(std::mem::take(&mut batch)).is_err() {
            return Ok(());
        }
    }
    if !batch.is_empty() {
        // Nobody listens any more: then nobody minds.
        let _ = sender.blocking_send(batch);
    }
    Ok(())
}

fn typed(row: Row) -> TypedRow {
    let Row { number, org_id, email, display_name, role, password } = row;
    TypedRow { number, org_id, email, display_name, role, password }
}
