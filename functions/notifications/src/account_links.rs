//! Letters with a link for an account: the version that the event says, as long as it still does its work.

use domain::account_link::LinkPurpose;
use domain::delivery::{Delivery, SendNotices};
use domain::id::UserId;
use domain::notices::LINK_VERSION;
use domain::notification::NoticeKind;
use domain::{Granted, Result, Timestamp};
use links::{Link, LinkKey};

use crate::App;
use crate::compose::{after, before};
use crate::linked::Never;
use crate::mail::Letter;

/// What a delivery's link is for, whose it is, and which one.
#[derive(Clone, Copy)]
pub(crate) struct AccountLink {
    purpose: LinkPurpose,
    user: UserId,
    version: u64,
    until: Timestamp,
}

impl AccountLink {
    /// The link that the delivery carries, if it is one for an account.
    pub(crate) fn of(Delivery { event, notice, .. }: &Delivery) -> Option<Self> {
        let purpose = match notice {
            NoticeKind::VerificationLink => LinkPurpose::Verification,
            NoticeKind::PasswordResetLink => LinkPurpose::PasswordReset,
            NoticeKind::EmailChangeLink => LinkPurpose::EmailChange,
            _ => return None,
        };
        let (user, version) = (event.target.id.parse().ok()?, after(event, LINK_VERSION)?);
        Some(Self { purpose, user, version, until: event.at.plus(purpose.validity()) })
    }

    /// Its letter, unless the link would be dead.
    ///
    /// # Errors
    /// The database or Vault does not answer: then the mail is put off.
    pub(crate) async fn letter(
        self,
        app: &App,
        granted: &Granted<SendNotices>,
        delivery: &Delivery,
    ) -> Result<std::result::Result<Letter, Never>> {
        let Self { purpose, user, version, .. } = self;
        if app.store.dead_link(granted, user, purpose, version, app.now()).await?.is_some() {
            return Ok(Err("the link would be dead: a newer one was sent, it was used, or it is too late for it"));
        }
        let key = app.key.get().await?;
        Ok(self.written(&key, delivery).ok_or("the event does not say what the letter needs"))
    }

    fn written(self, key: &LinkKey, delivery: &Delivery) -> Option<Letter> {
        let Self { purpose, user, version, until } = self;
        Some(match purpose {
            LinkPurpose::Verification => {
                Letter::Verification { link: key.token(Link::Verification(user), version), until }
            }
            LinkPurpose::PasswordReset => {
                Letter::PasswordReset { link: key.token(Link::PasswordReset(user), version), until }
            }
            LinkPurpose::EmailChange => {
                let (old, link) = (before(&delivery.event, "email")?, key.token(Link::EmailChange(user), version));
                Letter::EmailChangeProof { old, link, until }
            }
        })
    }
}
