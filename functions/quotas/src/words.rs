//! Reasons and notes: sealed before they are stored, opened where they are shown.

use domain::Result;
use domain::quota::{KeptReason, Reason};
use domain::sealed::{Attribute, Sealed};
use seal::Failure;

use crate::App;

/// Words as far as they can be shown now.
#[derive(Default)]
pub(crate) struct Shown {
    /// The words.
    pub(crate) words: Option<String>,
    /// Why there are none although some were said.
    pub(crate) left_out: Option<&'static str>,
}

impl Shown {
    pub(crate) fn left_out(why: &'static str) -> Self {
        Self { words: None, left_out: Some(why) }
    }
}

impl App {
    /// The words, for that attribute alone.
    ///
    /// # Errors
    /// [`domain::Code::Unavailable`] without a data key at hand and without Vault.
    pub(crate) async fn seal(&self, at: &Attribute, words: &Reason) -> Result<Sealed> {
        Ok(self.sealer.seal(at, words.as_str().as_bytes()).await?)
    }

    /// What can be shown of words. Nobody waits in vain for the rest of an answer because they do not open.
    pub(crate) async fn open(&self, at: &Attribute, kept: Option<&KeptReason>) -> Shown {
        let sealed = match kept {
            None => return Shown::default(),
            Some(KeptReason::AsTyped(words)) => return Shown { words: Some(words.clone().into()), left_out: None },
            Some(KeptReason::Sealed(sealed)) => sealed,
        };
        let opened = self.sealer.open(at, sealed).await;
        match opened.and_then(|bytes| String::from_utf8(bytes).map_err(|_| Failure::Unreadable)) {
            Ok(words) => Shown { words: Some(words), left_out: None },
            Err(failure) => {
                tracing::warn!(%failure, source = std::error::Error::source(&failure), "words are left out of an answer");
                Shown::left_out(match failure {
                    Failure::Unavailable(_) => "unavailable",
                    Failure::Refused(_) | Failure::Unreadable | Failure::Broken => "unreadable",
                })
            }
        }
    }
}
