//! People as superadmins see them.

use domain::change::{Change, Target};
use domain::id::UserId;
use domain::user::{ReadUsers, SetUserStatus, User, UserStatus};
use domain::{Email, Error, EventKind, Granted, Mint, Result};

use crate::core::Store;
use crate::edit::Edit;
use crate::keys;
use crate::person_items::UserItem;

impl Store {
    /// AP-60. One person.
    pub async fn read_user(&self, _: &Granted<ReadUsers>, id: UserId) -> Result<User> {
        self.user(id).await
    }

    /// AP-61. The person with that e-mail, if there is one.
    pub async fn find_user(&self, _: &Granted<ReadUsers>, email: &Email) -> Result<Option<User>> {
        match self.login(email).await? {
            Some(login) => self.user(login.user).await.map(Some),
            None => Ok(None),
        }
    }

    /// AP-62. Suspends somebody, or lets them in again; effective on their next request. Repeating changes nothing. An
    /// account that waits for its e-mail to be confirmed is let in by nothing else, so it waits again.
    ///
    /// # Errors
    /// [`domain::Code::Forbidden`] for a superadmin's suspension: only the operator makes and unmakes them.
    pub async fn set_user_status(&self, granted: &Granted<SetUserStatus>, mint: &mut Mint) -> Result<User> {
        let SetUserStatus { user, suspended } = *granted.command();
        let item: Option<UserItem> = self.get(&self.platform, &keys::user(user)).await?;
        let item = item.ok_or_else(Error::not_found)?;
        let (was_pending, before) = (item.was_pending, User::from(item));
        let status = match (suspended, before.status) {
            (true, _) => UserStatus::Suspended,
            (false, UserStatus::Suspended) if was_pending => UserStatus::Pending,
            (false, UserStatus::Suspended) => UserStatus::Active,
            (false, UserStatus::Pending | UserStatus::Active) => before.status,
        };
        if before.status == status {
            return Ok(before);
        }
        if suspended && before.superadmin {
            let words = "a superadmin cannot be suspended; the operator's command takes that role away first";
            return Err(Error::new(domain::Code::Forbidden, words));
        }
        let kind = if suspended { EventKind::UserSuspended } else { EventKind::UserReactivated };
        let changes = Change::between("status", before.status, status).into_iter().collect();
        let event = granted.event(mint, kind, Target::named("user", user, &before.email), changes);
        let edit =
            Edit::of(&self.platform, keys::user(user)).set("status", status)?.set("version", before.version + 1)?;
        let edit = edit.set("was_pending", before.status == UserStatus::Pending)?;
        // A suspension ends every session for good: a reactivated account signs in anew.
        let mut edit = edit.set("session_epoch", before.session_epoch + 1)?.when("version", "=", before.version)?;
        if suspended {
            edit = edit.when("superadmin", "=", false)?;
        }
        let login =
            Edit::of(&self.platform, keys::login(&before.email.folded())).set("epoch", before.session_epoch + 1)?;
        let writes = vec![edit.update()?, login.if_there().update()?, self.event(&event)?];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::new(domain::Code::Conflict, "somebody changed the account at this moment; try again"),
            None => fault.into_error("changing an account"),
        })?;
        Ok(User { status, version: before.version + 1, session_epoch: before.session_epoch + 1, ..before })
    }

    pub(crate) async fn user(&self, id: UserId) -> Result<User> {
        let item: Option<UserItem> = self.get(&self.platform, &keys::user(id)).await?;
        item.map(User::from).ok_or_else(Error::not_found)
    }
}
