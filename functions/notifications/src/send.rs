//! Sends the mails that are due: what goes first before the rest, and no more than the mail service takes.

use std::time::Duration;

use domain::delivery::{Delivery, DeliveryState, SendNotices, Turn};
use domain::mail_budget::{MailPermits, Taken};
use domain::mail_suppression::Suppression;
use domain::{Granted, Result, Timestamp};

use crate::mail::{Mail, Sender};
use crate::post::Posted;
use crate::{App, linked, logged};

/// So many are read at once.
const READ_AT_ONCE: u32 = 25;

/// What one look at the mails of a turn came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Some were sent, or can never be.
    Some,
    /// None is left for this turn.
    Nothing,
    /// There is no use in going on: the time is over, or the mail service cannot take any more for now.
    Stop,
}

/// What became of one mail.
struct Done {
    /// Whether the mail service counts it.
    counts: bool,
    /// Whether it would take the next one.
    goes_on: bool,
}

/// One sender, from its start to its end.
struct Run<'a> {
    app: &'a App,
    granted: Granted<SendNotices>,
    end: Timestamp,
    permits: Option<MailPermits>,
}

/// Sends what is due until nothing is left, the time is over, or the mail service does not take any more.
pub(crate) async fn due(app: &App, at_most: Duration) -> Result<()> {
    let (granted, end) = (app.granted()?, app.now().plus(at_most));
    let mut run = Run { app, granted, end, permits: None };
    let sent = run.all().await;
    if let Err(error) = run.give_back().await {
        logged(&error, "permits for mails are lost for a day");
    }
    sent
}

impl Run<'_> {
    /// After each few of the usual ones it looks again for those that go first.
    async fn all(&mut self) -> Result<()> {
        loop {
            let mut round = self.round(Turn::First).await?;
            if round == Round::Nothing {
                round = self.round(Turn::Usual).await?;
            }
            if round != Round::Some {
                return Ok(());
            }
        }
    }

    async fn round(&mut self, turn: Turn) -> Result<Round> {
        let (app, mut round) = (self.app, Round::Nothing);
        let mut left = READ_AT_ONCE;
        for delivery in app.store.due_deliveries(&self.granted, turn, app.now(), READ_AT_ONCE).await? {
            if app.now() >= self.end {
                return Ok(Round::Stop);
            }
            if !self.may_send(turn, left).await? {
                return Ok(Round::Stop);
            }
            left = left.saturating_sub(1);
            // The index may be behind: another run has it, or it is over.
            let claimed = app.store.claim_delivery(&self.granted, &delivery, app.now()).await?;
            let Some(delivery) = claimed else { continue };
            round = Round::Some;
            let done = one(app, &self.granted, &delivery).await;
            // What cannot be marked may have been sent all the same.
            let counts = done.as_ref().map_or(true, |done| done.counts);
            if let Some(permits) = self.permits.as_mut().filter(|_| counts) {
                permits.use_one();
            }
            if !done?.goes_on {
                return Ok(Round::Stop);
            }
        }
        Ok(round)
    }

    /// Waits for the instant of a permit, and takes up to so many where none is left; none where the mail service takes no more
    /// for now.
    async fn may_send(&mut self, turn: Turn, wanted: u32) -> Result<bool> {
        let app = self.app;
        if self.permits.as_ref().is_none_or(|permits| !permits.serve(turn, app.now())) {
            self.give_back().await?;
            let span = (app.now(), self.end);
            match app.store.take_mails(&self.granted, app.limits, (turn, wanted), span).await? {
                Taken::Permits(_, permits) => self.permits = Some(permits),
                Taken::NotYet => return Ok(false),
                Taken::Spent => {
                    tracing::warn!(?turn, "the daily quota of mails is spent; mails wait");
                    return Ok(false);
                }
            }
        }
        let Some(permits) = &self.permits else { return Ok(false) };
        let early = permits.slot().millis().saturating_sub(app.now().millis());
        if early > 0 {
            (app.wait)(Duration::from_millis(early)).await;
        }
        Ok(true)
    }

    async fn give_back(&mut self) -> Result<()> {
        match self.permits.take() {
            Some(permits) if !permits.are_used() => self.app.store.give_mails_back(&self.granted, &permits).await,
            Some(_) | None => Ok(()),
        }
    }
}

/// Sends one mail that was claimed. Cut off between the mail service's answer and the mark, the lease lapses and the mail is
/// sent again, with the same content: there is no way to ask the mail service whether it has taken one.
async fn one(app: &App, granted: &Granted<SendNotices>, delivery: &Delivery) -> Result<Done> {
    let now = app.now();
    let (state, done) = match written(app, granted, delivery, now).await {
        Err(why) => {
            logged(&why, "a mail could not be written; it is put off");
            (delivery.state.put_off(now), Done { counts: false, goes_on: true })
        }
        Ok(Err(why)) => (DeliveryState::Failed { at: now, why }, Done { counts: false, goes_on: true }),
        Ok(Ok(mail)) => match app.post.send(delivery, mail).await {
            Posted::Taken(message_id) => {
                (DeliveryState::sent(app.now(), message_id), Done { counts: true, goes_on: true })
            }
            Posted::Refused(why) => {
                (DeliveryState::Failed { at: app.now(), why }, Done { counts: false, goes_on: true })
            }
            Posted::Later(why) => {
                tracing::warn!(event = %delivery.event.id, why, "the mail service does not take a mail now");
                (delivery.state.put_off(app.now()), Done { counts: false, goes_on: false })
            }
            Posted::Unknown(why) => {
                tracing::warn!(event = %delivery.event.id, why, "the mail service did not answer");
                return Ok(Done { counts: true, goes_on: false });
            }
        },
    };
    if let DeliveryState::Failed { why, .. } = &state {
        tracing::error!(event = %delivery.event.id, notice = delivery.notice.name(), why, "a mail is not sent");
    }
    app.store.settle_delivery(granted, delivery, &state).await?;
    Ok(done)
}

/// What the mail says, or why it is never sent.
async fn written(
    app: &App,
    granted: &Granted<SendNotices>,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<Result<Mail, String>> {
    if delivery.is_too_late(now) {
        return Ok(Err("it is too late for what it says".to_owned()));
    }
    let suppressed = app.store.suppression_of(granted, &delivery.to).await?;
    if let Some(Suppression { why, .. }) = suppressed.filter(|there| there.reason.stops(delivery.notice)) {
        return Ok(Err(format!("address refused mail before: {why}")));
    }
    let letter = match linked::letter(app, granted, delivery).await? {
        Ok(letter) => letter,
        Err(why) => return Ok(Err(why.to_owned())),
    };
    let sender = Sender { branding: &app.branding, portal: &app.portal };
    Ok(sender.write(&letter).map_err(|error| error.to_string()))
}
