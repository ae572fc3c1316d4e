//! Sends the mails that are due, at the rate that is set.

use std::time::Duration;

use domain::delivery::{Delivery, DeliveryState, SendNotices};
use domain::{Granted, Result, Timestamp};

use crate::mail::{Mail, Sender};
use crate::post::Posted;
use crate::{App, linked, logged};

/// So many are read at once.
const READ_AT_ONCE: u32 = 25;

/// Whether there is any use in going on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Another,
    /// The mail service cannot take any more for now.
    Stop,
}

/// Sends what is due until nothing is left, the time is over, or the mail service does not take any more.
pub(crate) async fn due(app: &App, at_most: Duration) -> Result<()> {
    let granted = app.granted()?;
    let end = app.now().plus(at_most);
    loop {
        let mut claimed = 0;
        for delivery in app.store.due_deliveries(&granted, app.now(), READ_AT_ONCE).await? {
            if app.now() >= end {
                return Ok(());
            }
            // The index may be behind: another run has it, or it is over.
            let Some(delivery) = app.store.claim_delivery(&granted, &delivery, app.now()).await? else { continue };
            claimed += 1;
            if one(app, &granted, &delivery).await? == Next::Stop {
                return Ok(());
            }
        }
        if claimed == 0 {
            return Ok(());
        }
    }
}

/// Sends one mail that was claimed. Cut off between the mail service's answer and the mark, the lease lapses and the mail is
/// sent again, with the same content: there is no way to ask the mail service whether it has taken one.
async fn one(app: &App, granted: &Granted<SendNotices>, delivery: &Delivery) -> Result<Next> {
    let now = app.now();
    let (state, next) = match written(app, granted, delivery, now).await {
        Err(why) => {
            logged(&why, "a mail could not be written; it is put off");
            (delivery.state.put_off(now), Next::Another)
        }
        Ok(Err(why)) => (DeliveryState::Failed { at: now, why }, Next::Another),
        Ok(Ok(mail)) => match app.post.send(&delivery.to, mail).await {
            Posted::Taken(message_id) => (DeliveryState::Sent { at: app.now(), message_id }, Next::Another),
            Posted::Refused(why) => (DeliveryState::Failed { at: app.now(), why }, Next::Another),
            Posted::Later(why) => {
                tracing::warn!(event = %delivery.event.id, why, "the mail service does not take a mail now");
                (delivery.state.put_off(app.now()), Next::Stop)
            }
            Posted::Unknown(why) => {
                tracing::warn!(event = %delivery.event.id, why, "the mail service did not answer");
                return Ok(Next::Stop);
            }
        },
    };
    if let DeliveryState::Failed { why, .. } = &state {
        tracing::error!(event = %delivery.event.id, notice = delivery.notice.name(), why, "a mail is not sent");
    }
    app.store.settle_delivery(granted, delivery, &state).await?;
    Ok(next)
}

/// What the mail says, or why it is never sent.
async fn written(
    app: &App,
    granted: &Granted<SendNotices>,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<Result<Mail, String>> {
    if delivery.is_too_late(now) {
        return Ok(Err("the event is older than a day".to_owned()));
    }
    let letter = match linked::letter(app, granted, delivery).await? {
        Ok(letter) => letter,
        Err(why) => return Ok(Err(why.to_owned())),
    };
    let sender = Sender { branding: &app.branding, portal: &app.portal };
    Ok(sender.write(&letter).map_err(|error| error.to_string()))
}
