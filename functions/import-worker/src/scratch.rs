//! Files that a run works on: gone when it ends, and at the next start if it was killed.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

const PREFIX: &str = "import-worker-";
const SUFFIX: &str = ".scratch";

/// A file that is removed when it is dropped, and locked until then, which tells it from what a killed run left.
pub(crate) fn file(folder: &Path) -> io::Result<NamedTempFile> {
    let file = Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    file.as_file().lock_shared()?;
    Ok(file)
}

/// Removes what killed runs left in the folder: workbooks and plans hold names, and passwords. Files that a run of this
/// or another process works on stay. What cannot be removed is logged and keeps nobody from starting.
pub fn clear_scratch(folder: &Path) {
    if let Err(error) = clear(folder) {
        tracing::warn!(%error, "files of killed runs could not be removed");
    }
}

fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if ours && entry.file_type()?.is_file() && File::open(entry.path())?.try_lock().is_ok() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_others_need_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (_, left) = Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(&folder).unwrap().keep().unwrap();
        let foreign = folder.path().join("import-notes.txt");
        fs::write(&foreign, "not ours").unwrap();
        let used = file(folder.path()).unwrap();
        clear(folder.path()).unwrap();
        assert!(!left.exists() && foreign.exists() && used.path().exists());
        drop(used);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
