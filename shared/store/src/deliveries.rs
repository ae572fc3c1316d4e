//! Mails on their way: planned once, claimed by one sender at a time, and marked with what became of them.
//!
//! None of these writes has an audit event: nobody decided anything. The event is what the mail is about, and the delivery's
//! own state is the record of what became of it. What the mail service tells later is `delivery_reports.rs`.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::delivery::{Delivery, DeliveryState, SendNotices, Turn};
use domain::{Granted, Result, Timestamp};

use crate::core::{ATTEMPTS, Store, decode, encode, pause, put_new};
use crate::delivery_item::{self, DeliveryItem};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::keys::{index, mails};

/// Mails planned in one transaction: few enough that it is over soon.
const PLANNED_AT_ONCE: usize = 25;

impl Store {
    /// AP-123. Plans mails, up to 25 in one transaction: an import with ten thousand new people plans ten thousand. One that is
    /// planned already stays as it is. What became of each, in their order.
    pub async fn plan_deliveries(&self, granted: &Granted<SendNotices>, mails: &[Delivery]) -> Vec<Result<()>> {
        let mut all = Vec::with_capacity(mails.len());
        for some in mails.chunks(PLANNED_AT_ONCE) {
            let puts = some.iter().map(|mail| put_new(&self.platform, &DeliveryItem::from(mail)));
            if some.len() > 1 && self.write_together(puts.collect()).await {
                all.extend(some.iter().map(|_| Ok(())));
                continue;
            }
            for mail in some {
                all.push(self.plan_delivery(granted, mail).await);
            }
        }
        all
    }

    /// AP-123. Plans a mail; one that is planned already stays as it is.
    pub async fn plan_delivery(&self, _: &Granted<SendNotices>, delivery: &Delivery) -> Result<()> {
        let item = encode(&DeliveryItem::from(delivery))?;
        let call = self.client.put_item().table_name(&self.platform).set_item(Some(item));
        match call.condition_expression("attribute_not_exists(pk)").send().await.map_err(Fault::from) {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("planning a mail")),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// AP-124. Mails of a turn that somebody is to look at, those that have waited longest first. The index is eventually
    /// consistent: some of them may be claimed or over.
    pub async fn due_deliveries(
        &self,
        _: &Granted<SendNotices>,
        turn: Turn,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>> {
        let text = |value: String| AttributeValue::S(value);
        let call = self
            .client
            .query()
            .table_name(&self.platform)
            .index_name(index::SECOND)
            .key_condition_expression("gsi2pk = :pk AND gsi2sk < :now")
            .expression_attribute_values(":pk", text(mails::open(turn).to_owned()))
            // Everything of this very instant included.
            .expression_attribute_values(":now", text(format!("{now}$")))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let answer = call.send().await.map_err(|why| Fault::from(why).into_error("reading the mails that are due"))?;
        let items = answer.items.unwrap_or_default().into_iter();
        items.map(|item| decode::<DeliveryItem>(item).map(Delivery::from)).collect()
    }

    /// AP-125. Has the mail to oneself for a minute; none if somebody else was faster.
    pub async fn claim_delivery(
        &self,
        granted: &Granted<SendNotices>,
        read: &Delivery,
        now: Timestamp,
    ) -> Result<Option<Delivery>> {
        let state = read.state.claimed(now);
        let claimed = Delivery { state: state.clone(), version: read.version + 1, ..read.clone() };
        Ok(self.settle_delivery(granted, read, &state).await?.then_some(claimed))
    }

    /// AP-126. Says what became of a mail that one has claimed, or puts it off; whether it was still one's own. What the mail
    /// service tells of it at that moment is waited for.
    pub async fn settle_delivery(
        &self,
        _: &Granted<SendNotices>,
        before: &Delivery,
        state: &DeliveryState,
    ) -> Result<bool> {
        for attempt in 1.. {
            match self.settled(before, state)?.send(&self.client).await {
                Ok(()) => break,
                Err(fault) if fault.refused().is_some() => return Ok(false),
                Err(fault) if fault.is_conflict() && attempt < ATTEMPTS => pause(attempt).await,
                Err(fault) => return Err(fault.into_error("changing a mail's state")),
            }
        }
        Ok(true)
    }

    /// The change of a mail's state, if nobody changed it since.
    pub(crate) fn settled(&self, before: &Delivery, state: &DeliveryState) -> Result<Edit> {
        let key = delivery_item::key(before);
        let place = state.due().map(|due| index::open_mail(due, &key.pk));
        let edit = Edit::of(&self.platform, key).set("state", state)?.set("version", before.version + 1)?;
        let edit = match place {
            Some(place) => edit.set("gsi2sk", place)?,
            None => edit.remove("gsi2pk").remove("gsi2sk").set("expires", delivery_item::expires(state))?,
        };
        edit.when("version", "=", before.version)
    }
}
