//! The mails that were taken, in memory and in their files.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use futures::future::BoxFuture;
use serde_json::Value;
use tokio::sync::watch;

use super::{Feedback, Letter, Mode};

/// Who is told what became of mails.
pub(super) type Listener = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

pub(super) struct Inbox {
    folder: PathBuf,
    letters: watch::Sender<Vec<Letter>>,
    mode: watch::Sender<Mode>,
    listener: OnceLock<Listener>,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").field("folder", &self.folder).finish_non_exhaustive()
    }
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
        let (letters, mode) = (watch::Sender::new(letters), watch::Sender::default());
        Ok(Self { folder, letters, mode, listener: OnceLock::new() })
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

    /// The first one stays.
    pub(super) fn listen(&self, listener: Listener) {
        let _ = self.listener.set(listener);
    }

    /// Whether there is such a mail.
    pub(super) async fn tell(&self, message_id: &str, feedback: Feedback) -> Result<bool, String> {
        let Some(letter) = self.letter(message_id) else { return Ok(false) };
        let listener = self.listener.get().ok_or_else(|| "nobody listens to what becomes of mails".to_owned())?;
        listener(feedback.event(&letter)).await.map(|()| true)
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
