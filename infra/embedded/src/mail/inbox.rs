//! The mails that were taken, in memory and in their files.

use std::io;
use std::path::PathBuf;

use tokio::sync::watch;

use super::{Letter, Mode};

#[derive(Debug)]
pub(super) struct Inbox {
    folder: PathBuf,
    letters: watch::Sender<Vec<Letter>>,
    mode: watch::Sender<Mode>,
}

impl Inbox {
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut letters: Vec<Letter> = Vec::new();
        for file in std::fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                letters.push(serde_json::from_slice(&std::fs::read(path)?)?);
            }
        }
        letters.sort_by(|one, other| one.message_id.cmp(&other.message_id));
        Ok(Self { folder, letters: watch::Sender::new(letters), mode: watch::Sender::default() })
    }

    pub(super) fn mode(&self) -> Mode {
        *self.mode.borrow()
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    pub(super) fn letters(&self) -> Vec<Letter> {
        self.letters.borrow().clone()
    }

    pub(super) fn letter(&self, message_id: &str) -> Option<Letter> {
        self.letters.borrow().iter().find(|letter| letter.message_id == message_id).cloned()
    }

    pub(super) async fn wait_for(&self, fits: impl Fn(&Letter) -> bool) -> Letter {
        let mut letters = self.letters.subscribe();
        let found = letters.wait_for(|letters| letters.iter().any(&fits)).await;
        found.ok().and_then(|letters| letters.iter().find(|letter| fits(letter)).cloned()).unwrap_or_default()
    }

    /// Keeps a mail and names it.
    pub(super) fn keep(&self, letter: Letter) -> io::Result<String> {
        let message_id = format!("{}-00000000", crate::clock::fresh().to_lowercase());
        let letter = Letter { message_id: message_id.clone(), received_at: crate::clock::now().to_string(), ..letter };
        let file = self.folder.join(format!("{message_id}.json"));
        let unfinished = file.with_extension("part");
        std::fs::write(&unfinished, serde_json::to_vec_pretty(&letter)?)?;
        std::fs::rename(unfinished, file)?;
        self.letters.send_modify(|letters| letters.push(letter));
        Ok(message_id)
    }
}
