//! The password of an account; the store sees hashes alone.

use domain::change::Target;
use domain::session::ChangePassword;
use domain::user::User;
use domain::{Code, Error, EventKind, Granted, Mint, Result};

use crate::core::Store;
use crate::edit::Edit;
use crate::keys;
use crate::sign_in::Login;

/// A new password's hash.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// As it is stored.
    pub stored: String,
    /// The address that attempts to prove the present one counted for.
    pub counted_as: &'static str,
}

impl Store {
    /// AP-57. A new password: the hash, the end of the forced change and of the counted attempts, a new epoch for
    /// sessions and the event, if the password is still the one that was verified.
    ///
    /// # Errors
    /// [`Code::Conflict`] when it was changed meanwhile.
    pub async fn change_password(
        &self,
        granted: &Granted<ChangePassword>,
        user: &User,
        verified: &Login,
        NewPassword { stored, counted_as }: NewPassword,
        mint: &mut Mint,
    ) -> Result<()> {
        let event =
            granted.event(mint, EventKind::PasswordChanged, Target::named("user", user.id, &user.email), vec![]);
        let epoch = user.session_epoch + 1;
        let login = Edit::of(&self.platform, keys::login(&user.email.folded())).set("password", stored)?;
        let login = login.set("epoch", epoch)?.remove("password_until").when("password", "=", &verified.password)?;
        let mut person = Edit::of(&self.platform, keys::user(user.id)).set("session_epoch", epoch)?;
        if user.must_change_password {
            // The profile shows it, so that its version counts it.
            person = person.set("must_change_password", false)?.add_number("version", 1);
        }
        let session =
            Edit::of(&self.platform, keys::session(user.id, granted.command().current)).set("epoch", epoch)?;
        let writes = vec![
            person.when("session_epoch", "=", user.session_epoch)?.update()?,
            login.update()?,
            session.if_there().update()?,
            Edit::of(&self.platform, keys::failures(&user.email.folded(), counted_as)).delete()?,
            self.event(&event)?,
        ];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::new(Code::Conflict, "the password was changed at this moment; sign in again"),
            None => fault.into_error("changing a password"),
        })
    }
}
