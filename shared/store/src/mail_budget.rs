//! What was sent of the mails that the mail service takes: one item, which every sender changes before it sends.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::delivery::{SendNotices, Turn};
use domain::mail_budget::{MailBudget, MailLimits, MailPermits, Taken};
use domain::{Granted, Result, Timestamp};

use crate::core::{ATTEMPTS, Store, encode, pause};
use crate::fault::Fault;
use crate::items::TenantItem;
use crate::keys::mails;

impl Store {
    /// AP-191. Permits for up to so many mails, none of them after `until`; the whole deployment's senders share them.
    ///
    /// # Errors
    /// The database does not answer, or others take permits at every attempt.
    pub async fn take_mails(
        &self,
        _: &Granted<SendNotices>,
        limits: MailLimits,
        (turn, wanted): (Turn, u32),
        (now, until): (Timestamp, Timestamp),
    ) -> Result<Taken> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                pause(attempt).await;
            }
            let budget = self.mail_budget().await?;
            let taken = budget.take(limits, turn, wanted, now, until);
            let Taken::Permits(left, _) = &taken else { return Ok(taken) };
            if self.put_mail_budget(&budget, left).await? {
                return Ok(taken);
            }
        }
        Err(domain::Error::unavailable("others took permits for mails at every attempt"))
    }

    /// AP-192. What of them was not used can be taken by others. If that fails, it is lost for a day, and no limit is exceeded.
    pub async fn give_mails_back(&self, _: &Granted<SendNotices>, permits: &MailPermits) -> Result<()> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                pause(attempt).await;
            }
            let budget = self.mail_budget().await?;
            if self.put_mail_budget(&budget, &budget.give_back(permits)).await? {
                break;
            }
        }
        Ok(())
    }

    async fn mail_budget(&self) -> Result<MailBudget> {
        let item: Option<TenantItem<MailBudget>> = self.get(&self.platform, &mails::budget()).await?;
        Ok(item.map(|item| item.content).unwrap_or_default())
    }

    /// Whether nobody changed it since.
    async fn put_mail_budget(&self, before: &MailBudget, after: &MailBudget) -> Result<bool> {
        let item = encode(&TenantItem::of(mails::budget(), after))?;
        let call = self
            .client
            .put_item()
            .table_name(&self.platform)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR #version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", AttributeValue::N(before.version.to_string()));
        match call.send().await.map_err(Fault::from) {
            Ok(_) => Ok(true),
            Err(fault) if fault.refused().is_some() || fault.is_conflict() => Ok(false),
            Err(fault) => Err(fault.into_error("counting mails")),
        }
    }
}
