//! Whether a password opens an account. What it costs does not depend on why it does not.

use std::sync::Arc;

use domain::{Error, Result, Timestamp};
use passwords::{Keys, Stored, Verdict};
use store::Login;
use tokio::sync::Semaphore;
use vault::Secret;

use crate::App;
use crate::typed::Typed;

/// Where Vault keeps the key of temporary passwords; the import reads the same one.
const KEY_PATH: &str = "platform/keys/temporary-passwords";

/// So many passwords are hashed at once, each with 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(4);

/// Why a password did not open an account, as the audit log has it; callers never learn which.
#[derive(Clone, Copy)]
pub(crate) enum Unproven {
    /// The window's attempts are used up; nothing was compared.
    TooManyAttempts,
    /// Nobody has that e-mail.
    UnknownAccount,
    /// It is not the password.
    WrongPassword,
    /// It is the temporary password, after its end.
    PasswordExpired,
}

impl Unproven {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::TooManyAttempts => "too-many-attempts",
            Self::UnknownAccount => "unknown-account",
            Self::WrongPassword => "wrong-password",
            Self::PasswordExpired => "password-expired",
        }
    }
}

impl App {
    /// Whether the password opens the account, if the e-mail does not have to wait.
    ///
    /// # Errors
    /// [`domain::Code::Unavailable`] for every password that does not, while the key of temporary passwords cannot be
    /// had: if only those accounts answered so that need it, everybody could tell which these are.
    pub(crate) async fn prove(
        &self,
        login: Option<&Login>,
        waits: bool,
        typed: &Typed,
        now: Timestamp,
    ) -> Result<Result<(), Unproven>> {
        let compared = login.filter(|_| !waits);
        let right = self.verify(compared, typed).await?;
        let why = match (right, compared) {
            (_, None) if waits => Unproven::TooManyAttempts,
            (_, None) => Unproven::UnknownAccount,
            (false, Some(_)) => Unproven::WrongPassword,
            (true, Some(login)) if login.password_until.is_some_and(|until| until <= now) => Unproven::PasswordExpired,
            (true, Some(_)) => return Ok(Ok(())),
        };
        self.keys().await?;
        Ok(Err(why))
    }

    /// The hash of a new password, as it is stored.
    pub(crate) async fn hash(&self, typed: &Typed) -> Result<String> {
        let [salt @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = (self.core.random)();
        let typed = typed.clone();
        hashing(move || passwords::hash_chosen(typed.expose(), salt).into()).await
    }

    /// Whether it is the password of that account. Hashes once whatever there is, and if there is none.
    async fn verify(&self, login: Option<&Login>, typed: &Typed) -> Result<bool> {
        let stored = login.map(|login| Stored::try_from(login.password.clone())).transpose();
        let stored = stored.map_err(Error::internal)?;
        let (keys, away) = match stored.as_ref().is_some_and(Stored::is_temporary) {
            true => self.keys().await.map_or_else(|why| (None, Some(why)), |keys| (Some(keys), None)),
            false => (None, None),
        };
        let typed = typed.clone();
        let compare = move || match stored.map(|stored| stored.verify(typed.expose(), keys.as_deref())) {
            Some(Verdict::Right) => true,
            Some(Verdict::Wrong) => false,
            Some(Verdict::NeedsKeys) | None => {
                passwords::verify_nothing(typed.expose());
                false
            }
        };
        let right = hashing(compare).await?;
        away.map_or(Ok(right), Err)
    }

    /// The key of temporary passwords: read once, made if there is none.
    async fn keys(&self) -> Result<Arc<Keys>> {
        let read = async || {
            let fresh = Secret::new((self.core.random)().to_vec());
            let secret = self.vault.secret_once(KEY_PATH, fresh).await?;
            Keys::new(secret.expose()).map(Arc::new).map_err(Error::internal)
        };
        self.keys.get_or_try_init(read).await.cloned()
    }
}

/// Runs work that takes tens of milliseconds and 19 MiB beside the runtime's own thread, a few at a time.
async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let turn = HASHING.acquire().await.map_err(Error::internal)?;
    let done = tokio::task::spawn_blocking(move || {
        // Given back by the work itself, which goes on when its caller has gone.
        let _turn = turn;
        work()
    });
    done.await.map_err(Error::internal)
}
