//! An account that is made with its first membership: by a row of an import, or by whoever accepts an invitation.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::account_link::SentLinks;
use domain::id::OrganizationId;
use domain::user::{User, UserStatus};
use domain::{Mint, Result, Timestamp};

use crate::core::{Store, put_new};
use crate::keys::{self, Key};
use crate::person_items::{LoginItem, UserItem};
use crate::planned_join::NewPerson;

impl Store {
    /// The claim of the e-mail with the credential, and the account, which belongs to that organization at once: nobody has an
    /// account without a place. `verified` where the way in has proved the e-mail. One that must be confirmed waits, and the
    /// link that its event mails is its first.
    pub(crate) fn account(
        &self,
        person: &NewPerson,
        joining: OrganizationId,
        verified: bool,
        mint: &Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let NewPerson { id, email, display_name, password, password_until, must_confirm } = person.clone();
        let Key { pk, sk } = keys::login(&email.folded());
        let until = password_until.map(Timestamp::seconds);
        let login = LoginItem { pk, sk, user: id, password, password_until: until, epoch: 0 };
        let user = User {
            id,
            email,
            display_name,
            status: if must_confirm { UserStatus::Pending } else { UserStatus::Active },
            email_verified: verified,
            must_change_password: until.is_some(),
            superadmin: false,
            organizations: std::iter::once(joining).collect(),
            last_sign_in_at: None,
            created_at: mint.now(),
            session_epoch: 0,
            version: 1,
        };
        let verification = must_confirm.then(|| SentLinks::first(user.session_epoch, mint.now()));
        let mut item = UserItem::from(&user);
        item.verification = verification;
        Ok(vec![put_new(&self.platform, &login)?, put_new(&self.platform, &item)?])
    }
}
