//! One stack for one folder, and what `--fresh` clears in it.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Everything that a stack keeps in its folder; nothing else is ever deleted there.
const KEPT: [&str; 10] = [
    "database.sqlite",
    "database.sqlite-shm",
    "database.sqlite-wal",
    "mail",
    "objects",
    "stack.json",
    "streams",
    "superadmin.json",
    "temp",
    "vault.json",
];

/// A folder that is ours until this is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Takes the folder, making it if it is absent; only its owner may look into it, as uploads and results hold passwords.
    ///
    /// # Errors
    /// Another stack has it, or it cannot be written.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("making {}", path.display()))?;
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .with_context(|| format!("closing {} to others", path.display()))?;
        let lock =
            File::create(path.join("lock")).with_context(|| format!("opening the lock in {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                bail!("another stack runs on {}; stop it, or give --data another folder", path.display())
            }
            Err(TryLockError::Error(why)) => Err(why).with_context(|| format!("locking {}", path.display())),
        }
    }

    /// A path in the folder.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// An empty folder in it, for files that nobody misses after a kill.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let path = self.join("temp");
        if let Err(why) = fs::remove_dir_all(&path)
            && why.kind() != io::ErrorKind::NotFound
        {
            return Err(why).with_context(|| format!("clearing {}", path.display()));
        }
        fs::create_dir(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(path)
    }

    /// Deletes what a stack keeps there.
    pub(crate) fn clear(&self) -> Result<()> {
        for name in KEPT {
            let path = self.join(name);
            let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            match gone {
                Err(why) if why.kind() != io::ErrorKind::NotFound => {
                    return Err(why).with_context(|| format!("deleting {}", path.display()));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_looks_into_the_folder_whether_it_was_there_or_not() {
        let around = tempfile::tempdir().unwrap();
        let (new, old) = (around.path().join("new"), around.path().join("old"));
        fs::create_dir(&old).unwrap();
        fs::set_permissions(&old, Permissions::from_mode(0o755)).unwrap();
        for path in [new, old] {
            let _folder = Folder::take(&path).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700, "{}", path.display());
        }
    }
}
