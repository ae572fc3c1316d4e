//! Addresses that get no mail: looked at before a mail is sent, listed and lifted by superadmins.

use domain::change::{Change, Target};
use domain::delivery::SendNotices;
use domain::mail_suppression::{LiftSuppression, ListSuppressions, Suppression, SuppressionId};
use domain::{Email, Error, EventKind, Granted, Mint, Result};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::keys::{Key, index, mails};
use crate::page::{Page, Query};

#[derive(Serialize, Deserialize)]
pub(crate) struct SuppressionItem {
    pk: String,
    sk: String,
    gsi1pk: String,
    gsi1sk: String,
    #[serde(flatten)]
    suppression: Suppression,
}

impl From<&Suppression> for SuppressionItem {
    fn from(suppression: &Suppression) -> Self {
        let Key { pk, sk } = mails::suppressed(&suppression.id);
        let gsi1sk = mails::suppressed_since(suppression.at, &pk);
        Self { pk, sk, gsi1pk: mails::SUPPRESSED.to_owned(), gsi1sk, suppression: suppression.clone() }
    }
}

impl From<SuppressionItem> for Suppression {
    fn from(item: SuppressionItem) -> Self {
        item.suppression
    }
}

impl Store {
    /// AP-187. Whether and why an address gets no mail.
    pub async fn suppression_of(&self, _: &Granted<SendNotices>, email: &Email) -> Result<Option<Suppression>> {
        self.suppression(&SuppressionId::of(email)).await
    }

    /// AP-188. The same, for a superadmin who asks for one address.
    pub async fn find_suppression(&self, _: &Granted<ListSuppressions>, email: &Email) -> Result<Option<Suppression>> {
        self.suppression(&SuppressionId::of(email)).await
    }

    /// AP-189. Addresses that get no mail, the latest first; the index is eventually consistent.
    pub async fn list_suppressions(
        &self,
        _: &Granted<ListSuppressions>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Suppression>> {
        let query = Query::on(&self.platform, index::FIRST, mails::SUPPRESSED.to_owned()).newest_first();
        let read = |item| decode::<SuppressionItem>(item).map(|item| Some(item.into()));
        self.sifted("mail-suppressions", query, cursor, limit, read).await
    }

    /// AP-190. An address gets mail again.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] where it gets mail already; [`domain::Code::Conflict`] where a mail bounces at this moment.
    pub async fn lift_suppression(&self, granted: &Granted<LiftSuppression>, mint: &mut Mint) -> Result<()> {
        let id = &granted.command().id;
        let Suppression { email, reason, at, .. } = self.suppression(id).await?.ok_or_else(Error::not_found)?;
        let lifted = Edit::of(&self.platform, mails::suppressed(id)).when("at", "=", at)?.delete()?;
        let target = Target::named("mail-suppression", id, email);
        let event =
            granted.event(mint, EventKind::MailSuppressionLifted, target, vec![Change::cleared("reason", reason)]);
        self.transact(vec![lifted, self.event(&event)?]).await.map_err(|fault| match fault.refused_at(0) {
            Some(None) => Error::not_found(),
            Some(Some(_)) => Error::new(domain::Code::Conflict, "a mail to the address bounced at this moment"),
            None => fault.into_error("lifting a suppression"),
        })
    }

    async fn suppression(&self, id: &SuppressionId) -> Result<Option<Suppression>> {
        let item: Option<SuppressionItem> = self.get(&self.platform, &mails::suppressed(id)).await?;
        Ok(item.map(Suppression::from))
    }
}
