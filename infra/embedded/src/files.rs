//! Small files that are whole or not there.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// Under another name first, so that no kill leaves half a file under this one.
pub(crate) fn write_whole(file: &Path, content: &impl Serialize) -> io::Result<()> {
    let unfinished = file.with_extension("part");
    std::fs::write(&unfinished, serde_json::to_vec(content)?)?;
    std::fs::rename(unfinished, file)
}

/// The finished files of a folder, in the order of their names.
pub(crate) fn json_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
