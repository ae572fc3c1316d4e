//! A password that somebody new chooses, on its way from the body to its hash.

use domain::{Code, Error, Result};
use serde::Deserialize;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// So many passwords are hashed at once, each with 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(4);

/// A password as somebody typed it: wiped when dropped; no `Debug`, no serialisation.
#[derive(Deserialize)]
#[serde(from = "String")]
pub(crate) struct Chosen(Zeroizing<String>);

impl From<String> for Chosen {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Chosen {
    /// Its hash, as it is stored; the salt is of random bytes. Runs beside the runtime's own thread.
    ///
    /// # Errors
    /// [`Code::PasswordWeak`].
    pub(crate) async fn hash(self, random: [u8; 32]) -> Result<String> {
        if passwords::is_weak(&self.0) {
            let words = "must have 12 to 256 characters and not be a common password";
            return Err(Error::new(Code::PasswordWeak, words).at("/password"));
        }
        let [salt @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = random;
        let turn = HASHING.acquire().await.map_err(Error::internal)?;
        let hashed = tokio::task::spawn_blocking(move || {
            // Given back by the work itself, which goes on when its caller has gone.
            let _turn = turn;
            passwords::hash_chosen(&self.0, salt).into()
        });
        hashed.await.map_err(Error::internal)
    }
}
