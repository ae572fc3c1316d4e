//! Whether a password opens an account. What it costs does not depend on why it does not.

use std::sync::Arc;

use domain::session::FAILURES_MAX;
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
    /// Whether the password opens the account; `attempts` counts this one already.
    pub(crate) async fn prove(
        &self,
        login: Option<&Login>,
        attempts: u32,
        typed: &Typed,
        now: Timestamp,
    ) -> Result<Result<(), Unproven>> {
        let waits = attempts > FAILURES_MAX;
        let Some(login) = login.filter(|_| !waits) else {
            let typed = typed.clone();
            hashing(move || passwords::verify_nothing(typed.expose())).await?;
            return Ok(Err(if waits { Unproven::TooManyAttempts } else { Unproven::UnknownAccount }));
        };
        let right = self.verify(login, typed).await?;
        let expired = login.password_until.is_some_and(|until| until <= now);
        Ok(match (right, expired) {
            (false, _) => Err(Unproven::WrongPassword),
            (true, true) => Err(Unproven::PasswordExpired),
            (true, false) => Ok(()),
        })
    }

    /// The hash of a new password, as it is stored.
    pub(crate) async fn hash(&self, typed: &Typed) -> Result<String> {
        let [salt @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = (self.core.random)();
        let typed = typed.clone();
        hashing(move || passwords::hash_chosen(typed.expose(), salt).into()).await
    }

    async fn verify(&self, login: &Login, typed: &Typed) -> Result<bool> {
        let stored = Stored::try_from(login.password.clone()).map_err(Error::internal)?;
        let keys = if stored.is_temporary() { Some(self.keys().await?) } else { None };
        let typed = typed.clone();
        hashing(move || stored.verify(typed.expose(), keys.as_deref()) == Verdict::Right).await
    }

    /// The key of temporary passwords: read once, made if there is none.
    async fn keys(&self) -> Result<Arc<Keys>> {
        let read = async || {
            let fresh = Secret::new((self.core.random)().to_vec());
            let secret = self.vault.secret_once(KEY_PATH, fresh).await;
            let secret = secret.map_err(|fault| {
                if fault.is_retryable() { Error::unavailable(fault) } else { Error::internal(fault) }
            })?;
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
