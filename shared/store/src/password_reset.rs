//! A new password by a link, for who does not know the present one.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::account_link::LinkPurpose;
use domain::change::Target;
use domain::{Actor, Event, EventKind, Mint, Result};

use crate::account_links::LinkedAccount;
use crate::core::Store;
use crate::edit::Edit;
use crate::keys;

/// A new password that a link sets.
#[derive(Clone, Debug)]
pub struct PasswordReset<'a> {
    /// Which link.
    pub version: u64,
    /// The hash as it is stored.
    pub stored: String,
    /// Of whom attempts are forgiven: those from these addresses.
    pub counted_as: &'a [&'a str],
}

impl Store {
    /// AP-148. A new password by the link of that version: the hash, the end of every session and of the counted attempts,
    /// and since the mailbox is proved the e-mail is too.
    ///
    /// # Errors
    /// As [`LinkedAccount::check`].
    pub async fn reset_password(
        &self,
        actor: &Actor,
        account: LinkedAccount,
        reset: &PasswordReset<'_>,
        mint: &mut Mint,
    ) -> Result<()> {
        let done = self.change_account(account, "resetting a password", |account| {
            account.check(LinkPurpose::PasswordReset, reset.version, mint.now())?;
            self.reset_writes(actor, account, reset, mint)
        });
        done.await.map(|_| ())
    }

    fn reset_writes(
        &self,
        actor: &Actor,
        account: &LinkedAccount,
        PasswordReset { version, stored, counted_as }: &PasswordReset<'_>,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let user = &account.user;
        let (epoch, folded) = (user.session_epoch + 1, user.email.folded());
        let target = Target::named("user", user.id, &user.email);
        let event = Event::of(actor, mint, EventKind::PasswordReset, target, account.confirmed_changes());
        let person = self.confirmed(account)?.set("session_epoch", epoch)?.set("must_change_password", false)?;
        let person = person.when("session_epoch", "=", user.session_epoch)?.when("reset.version", "=", version)?;
        let login = Edit::of(&self.platform, keys::login(&folded)).set("password", stored)?.set("epoch", epoch)?;
        let login = login.remove("password_until").when("user", "=", user.id)?;
        let mut writes = vec![person.update()?, login.update()?, self.event(&event)?];
        for address in *counted_as {
            writes.push(Edit::of(&self.platform, keys::failures(&folded, address)).delete()?);
        }
        writes.extend(self.counted_off(account)?);
        Ok(writes)
    }
}
