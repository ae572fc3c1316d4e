//! The operator's own acts: the first superadmin, and who is one.

use std::collections::BTreeSet;

use domain::change::{Change, Target};
use domain::id::UserId;
use domain::name::DisplayName;
use domain::user::{Bootstrap, User, UserStatus};
use domain::{Email, Error, EventKind, Granted, Mint, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Store, put, put_new};
use crate::edit::Edit;
use crate::items::ClaimItem;
use crate::keys::{self, Key};
use crate::person_items::{LoginItem, UserItem};

/// What a superadmin signs in with, once.
#[derive(Clone, Debug)]
pub struct OneTimePassword {
    /// The e-mail.
    pub email: Email,
    /// The hash of the temporary password.
    pub password: String,
    /// When that dies.
    pub password_until: Timestamp,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bootstrapped {
    /// The account was made.
    Created(UserId),
    /// Somebody was made superadmin before; nothing changed.
    AlreadyDone,
}

/// One line of the list of superadmins. It goes along with the mark on the account, which is what counts: the list says
/// whom to look at.
#[derive(Serialize, Deserialize)]
pub(crate) struct SuperadminItem {
    pk: String,
    sk: String,
    pub(crate) user: UserId,
}

impl SuperadminItem {
    fn of(user: UserId) -> Self {
        let Key { pk, sk } = keys::superadmin(user);
        Self { pk, sk, user }
    }
}

impl Store {
    /// AP-70. Makes the first superadmin, once in the life of a deployment, however often and by however many at once.
    ///
    /// # Errors
    /// [`domain::Code::Invalid`] when the e-mail has an account already.
    pub async fn create_superadmin(
        &self,
        granted: &Granted<Bootstrap>,
        asked: OneTimePassword,
        mint: &mut Mint,
    ) -> Result<Bootstrapped> {
        let user = User {
            id: mint.id(),
            email: asked.email,
            display_name: DisplayName::default(),
            status: UserStatus::Active,
            email_verified: true,
            must_change_password: true,
            superadmin: true,
            organizations: BTreeSet::new(),
            last_sign_in_at: None,
            created_at: mint.now(),
            session_epoch: 0,
            version: 1,
        };
        let changes = vec![Change::set("superadmin", true)];
        let event =
            granted.event(mint, EventKind::SuperadminChanged, Target::named("user", user.id, &user.email), changes);
        let Key { pk, sk } = keys::login(&user.email.folded());
        let until = Some(asked.password_until.seconds());
        let login = LoginItem { pk, sk, user: user.id, password: asked.password, password_until: until, epoch: 0 };
        let writes = vec![
            put_new(&self.platform, &ClaimItem::of(keys::bootstrap(), user.id))?,
            put_new(&self.platform, &login)?,
            put_new(&self.platform, &UserItem::from(&user))?,
            self.event(&event)?,
            put(&self.platform, &SuperadminItem::of(user.id))?,
        ];
        match self.transact(writes).await {
            Ok(()) => Ok(Bootstrapped::Created(user.id)),
            Err(fault) if fault.refused() == Some(0) => Ok(Bootstrapped::AlreadyDone),
            Err(fault) if fault.refused() == Some(1) => {
                Err(Error::new(domain::Code::Invalid, "this e-mail has an account already"))
            }
            Err(fault) => Err(fault.into_error("making the first superadmin")),
        }
    }

    /// AP-72. A new one-time password of a superadmin, which has to be changed; the old one and every session end.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] without such a superadmin.
    pub async fn reset_superadmin(
        &self,
        granted: &Granted<Bootstrap>,
        asked: OneTimePassword,
        mint: &mut Mint,
    ) -> Result<()> {
        let OneTimePassword { email, password, password_until } = asked;
        let login = self.login(&email).await?.ok_or_else(no_superadmin)?;
        let epoch = login.epoch + 1;
        let event = granted.event(mint, EventKind::PasswordReset, Target::named("user", login.user, &email), vec![]);
        let person = Edit::of(&self.platform, keys::user(login.user))
            .set("must_change_password", true)?
            .set("session_epoch", epoch)?
            .add_number("version", 1);
        let credential = Edit::of(&self.platform, keys::login(&email.folded()))
            .set("password", password)?
            .set("password_until", password_until.seconds())?
            .set("epoch", epoch)?;
        let writes = vec![
            person.when("superadmin", "=", true)?.update()?,
            credential.when("password", "=", &login.password)?.when("epoch", "=", login.epoch)?.update()?,
            self.event(&event)?,
            put(&self.platform, &SuperadminItem::of(login.user))?,
        ];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => no_superadmin(),
            Some(_) => Error::new(domain::Code::Conflict, "the account was changed at this moment; try again"),
            None => fault.into_error("resetting a password"),
        })
    }

    /// AP-71. Makes somebody a superadmin, or no longer one.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] without such an account.
    pub async fn set_superadmin(
        &self,
        granted: &Granted<Bootstrap>,
        email: &Email,
        superadmin: bool,
        mint: &mut Mint,
    ) -> Result<()> {
        let login = self.login(email).await?.ok_or_else(Error::not_found)?;
        let change = Change::between("superadmin", !superadmin, superadmin).into_iter().collect();
        let event = granted.event(mint, EventKind::SuperadminChanged, Target::named("user", login.user, email), change);
        let edit =
            Edit::of(&self.platform, keys::user(login.user)).set("superadmin", superadmin)?.add_number("version", 1);
        let write = edit.when("superadmin", "=", !superadmin)?.update()?;
        let listed = match superadmin {
            true => put(&self.platform, &SuperadminItem::of(login.user))?,
            false => Edit::of(&self.platform, keys::superadmin(login.user)).delete()?,
        };
        match self.transact(vec![write, self.event(&event)?, listed]).await {
            Err(fault) if fault.refused().is_some() => Ok(()),
            outcome => outcome.map_err(|fault| fault.into_error("changing a superadmin")),
        }
    }
}

fn no_superadmin() -> Error {
    Error::new(domain::Code::NotFound, "no superadmin has that e-mail")
}
