//! E-mails that are proved, by a link or by a superadmin's word.

use domain::account_link::LinkPurpose;
use domain::change::Target;
use domain::user::{User, UserStatus, VouchForEmail};
use domain::{Actor, Code, Error, Event, EventKind, Granted, Mint, Result};

use crate::account_links::LinkedAccount;
use crate::core::Store;

impl Store {
    /// AP-146. Confirms the e-mail by the link of that version; the account works from then on.
    ///
    /// # Errors
    /// As [`LinkedAccount::check`].
    pub async fn verify_email(
        &self,
        actor: &Actor,
        account: LinkedAccount,
        version: u64,
        mint: &mut Mint,
    ) -> Result<()> {
        let done = self.change_account(account, "confirming an e-mail", |account| {
            account.check(LinkPurpose::Verification, version, mint.now())?;
            let target = Target::named("user", account.user.id, &account.user.email);
            let event = Event::of(actor, mint, EventKind::EmailVerified, target, account.confirmed_changes());
            let edit = self.confirmed(account)?.when("verification.version", "=", version)?;
            let writes = [edit.update()?, self.event(&event)?];
            Ok(writes.into_iter().chain(self.counted_off(account)?).collect())
        });
        done.await.map(|_| ())
    }

    /// AP-147. A superadmin's word in place of the link; a suspended account stays so. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] without such an account.
    pub async fn vouch_for_email(&self, granted: &Granted<VouchForEmail>, mint: &mut Mint) -> Result<User> {
        let account = self.linked_account(granted.command().user).await?.ok_or_else(Error::not_found)?;
        if account.user.email_verified {
            return Ok(account.user);
        }
        let before = self.change_account(account, "confirming an e-mail", |account| {
            if account.user.email_verified {
                return Err(Error::new(Code::EmailAlreadyVerified, "somebody confirmed it at this moment"));
            }
            let target = Target::named("user", account.user.id, &account.user.email);
            let event = granted.event(mint, EventKind::EmailVerified, target, account.confirmed_changes());
            let edit = self.confirmed(account)?.when("version", "=", account.user.version)?;
            let writes = [edit.update()?, self.event(&event)?];
            Ok(writes.into_iter().chain(self.counted_off(account)?).collect())
        });
        match before.await {
            Ok(LinkedAccount { user, .. }) => Ok(confirmed(user)),
            Err(error) if error.code() == Code::EmailAlreadyVerified => self.user(granted.command().user).await,
            Err(error) => Err(error),
        }
    }
}

/// The account after [`Store::confirmed`].
fn confirmed(user: User) -> User {
    let status = match user.status {
        UserStatus::Pending => UserStatus::Active,
        UserStatus::Active | UserStatus::Suspended => user.status,
    };
    User { status, email_verified: true, version: user.version + 1, ..user }
}
