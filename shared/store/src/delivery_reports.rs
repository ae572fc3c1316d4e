//! What the mail service tells of mails that it took: the mail's state, what it says of the address, and their records, together
//! or not at all.

use domain::change::{Change, Target};
use domain::delivery::{Delivery, DeliveryState, SendNotices};
use domain::delivery_report::DeliveryReport;
use domain::id::EventId;
use domain::mail_suppression::{Suppression, SuppressionId, SuppressionReason};
use domain::notification::NoticeKind;
use domain::{Email, EventKind, Granted, Mint, Result};

use aws_sdk_dynamodb::types::TransactWriteItem;

use crate::core::{ATTEMPTS, Item, Store, decode, pause, put_new};
use crate::delivery_item::DeliveryItem;
use crate::edit::Edit;
use crate::keys::{self, Key, mails};
use crate::suppressions::SuppressionItem;

impl Store {
    /// AP-185 and AP-186. Notes what was told of the mail about that event to that address, and gives its new state; none where
    /// it changes nothing: the mail is not known, or that was told before. An address that refuses mail, or whose reader called
    /// a mail unwanted, gets none from then on.
    ///
    /// # Errors
    /// The database does not answer, or others change the same mail again and again: then it is told again later.
    pub async fn report_on_mail(
        &self,
        granted: &Granted<SendNotices>,
        (event, to): (EventId, &Email),
        report: &DeliveryReport,
        mint: &mut Mint,
    ) -> Result<Option<DeliveryState>> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                pause(attempt).await;
            }
            let (delivery, suppressed) = self.mail_and_address(event, to).await?;
            let Some(delivery) = delivery else { return Ok(None) };
            let Some(state) = report.changes(&delivery.state) else { return Ok(None) };
            let mut writes = vec![self.settled(&delivery, &state)?.update()?];
            writes.extend(self.suppress(granted, &delivery, suppressed, report, mint)?);
            writes.extend(self.bounced_invitation(granted, &delivery, &state, mint)?);
            match self.transact(writes).await {
                Ok(()) => return Ok(Some(state)),
                // Its sender, or another report, was faster.
                Err(fault) if fault.refused().is_some() => {}
                Err(fault) => return Err(fault.into_error("noting what became of a mail")),
            }
        }
        Err(domain::Error::unavailable("a mail was changed at every attempt"))
    }

    /// The mail, if its record is there, and why its address gets none.
    async fn mail_and_address(
        &self,
        event: EventId,
        to: &Email,
    ) -> Result<(Option<Delivery>, Option<SuppressionReason>)> {
        let (mail, address) = (keys::mail(event, &to.folded()), mails::suppressed(&SuppressionId::of(to)));
        let found = self.get_many(&self.platform, &[mail.clone(), address.clone()]).await?;
        let is = |item: &Item, key: &Key| item.get("pk").and_then(|pk| pk.as_s().ok()) == Some(&key.pk);
        let of = |key: &Key| found.iter().find(|item| is(item, key)).cloned();
        let delivery = of(&mail).map(decode::<DeliveryItem>).transpose()?.map(Delivery::from);
        let suppressed = of(&address).map(decode::<SuppressionItem>).transpose()?;
        Ok((delivery, suppressed.map(|item| Suppression::from(item).reason)))
    }

    /// A bounce says more than a complaint, and takes its place.
    fn suppress(
        &self,
        granted: &Granted<SendNotices>,
        delivery: &Delivery,
        before: Option<SuppressionReason>,
        report: &DeliveryReport,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let Some((reason, why)) = report.suppresses() else { return Ok(vec![]) };
        let (id, email, at) = (SuppressionId::of(&delivery.to), delivery.to.clone(), mint.now());
        let suppression = Suppression { id, email, reason, why: why.to_owned(), at };
        let write = match (before, reason) {
            (None, _) => put_new(&self.platform, &SuppressionItem::from(&suppression))?,
            (Some(SuppressionReason::Complained), SuppressionReason::Bounced) => {
                let key = mails::suppressed(&suppression.id);
                let place = mails::suppressed_since(at, &key.pk);
                let edit = Edit::of(&self.platform, key).set("reason", reason)?.set("why", why)?.set("at", at)?;
                edit.set("gsi1sk", place)?.when("reason", "=", SuppressionReason::Complained)?.update()?
            }
            (Some(_), _) => return Ok(vec![]),
        };
        let target = Target::named("mail-suppression", &suppression.id, &suppression.email);
        let changes = Change::between("reason", before, Some(reason)).into_iter();
        let changes = changes.chain([Change::set("why", why)]).collect();
        let event = granted.event(mint, EventKind::MailSuppressed, target, changes);
        Ok(vec![write, self.event(&event)?])
    }

    fn bounced_invitation(
        &self,
        granted: &Granted<SendNotices>,
        Delivery { event, notice, to, .. }: &Delivery,
        state: &DeliveryState,
        mint: &mut Mint,
    ) -> Result<Option<TransactWriteItem>> {
        let (NoticeKind::Invited, DeliveryState::Bounced { why, .. }, Some(organization)) =
            (notice, state, event.organization)
        else {
            return Ok(None);
        };
        let target = Target::named("invitation", &event.target.id, to);
        let event = granted.event(mint, EventKind::InvitationMailBounced, target, vec![Change::set("why", why)]);
        self.event(&event.within(organization)).map(Some)
    }
}
