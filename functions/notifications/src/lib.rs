//! What the product tells people: which notices and mails an event makes, what they say, how mails are sent, and what became
//! of them.
//!
//! A notice is in its reader's inbox as soon as it is written. A mail is planned before it is sent, as an item of its own: planned once, however often its event is told, and sent at
//! least once. Every run may be cut off anywhere.

pub mod mail;

mod account_links;
mod compose;
mod linked;
mod plan;
mod post;
mod recipients;
mod reports;
mod send;
mod unplanned;

use std::collections::BTreeSet;
use std::pin::Pin;
use std::time::Duration;

use batch::{Insertion, Message, Unhandled};
use domain::actor::SystemPart;
use domain::delivery::SendNotices;
use domain::mail_budget::MailLimits;
use domain::notices::notices_of;
use domain::scope::Platform;
use domain::{Actor, Code, Error, Event, Granted, Mint, Origin, Principal, Result, Timestamp};
use links::{HeldKey, PublicUrl};
use serde_json::Value;
use start::{Fault, Parts};

pub use post::Post;

use crate::mail::Branding;

/// What a new account at the mail service may send, and less than most may.
const MAILS_PER_SECOND: u32 = 10;
/// What an account at the mail service may send in 24 hours, once it is out of its trial.
const MAILS_PER_DAY: u32 = 50_000;
/// How long mails are sent after a stream's message was planned; the next message waits for so long.
const AFTER_PLANNING: Duration = Duration::from_secs(5);
/// A stream's message of so many events is a full one: there may be more, and they are planned before anything is sent.
pub const FULL: usize = 100;
/// How long the schedule's run looks for events that the stream never told of.
const LOOKING: Duration = Duration::from_secs(10);
/// How long it then sends.
const BY_SCHEDULE: Duration = Duration::from_secs(35);

/// Lets time pass.
pub type Wait = fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: store::Store,
    /// The way to the mail service.
    pub post: Post,
    /// How many mails it takes of all senders of this deployment together.
    pub limits: MailLimits,
    /// How mails look.
    pub branding: Branding,
    /// Where their links lead.
    pub portal: PublicUrl,
    /// The key of those that somebody waits for.
    pub key: HeldKey,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// Waits by the same clock.
    pub wait: Wait,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
}

/// Handles what woke the function: events, what the mail service tells, or the schedule. Events are planned first, all that wait;
/// then what is due is sent, with what time is left. What goes wrong with the mail service is nothing that an event is told again for.
///
/// # Errors
/// The message is of another kind or cannot be read, or the database could not be reached for the schedule's run or for what the
/// mail service told. An event that could not be planned is named in the answer, so that it is told again.
pub async fn handle(app: &App, event: Value) -> Result<Value> {
    match Message::read(event)? {
        Message::Items(insertions) => {
            let unhandled = planned(app, &insertions).await;
            if insertions.len() < FULL
                && let Err(error) = send::due(app, AFTER_PLANNING).await
            {
                logged(&error, "mails could not be sent; the schedule goes on with them");
            }
            Ok(unhandled.into())
        }
        Message::Mail(told) => reports::take(app, told).await.map(|()| Value::Null),
        Message::Schedule => {
            let looked = unplanned::plan(app, LOOKING).await;
            let sent = send::due(app, BY_SCHEDULE).await;
            looked.and(sent).map(|()| Value::Null)
        }
        Message::Objects(_) => Err(Error::new(Code::Malformed, "no object is told to anybody")),
    }
}

/// Plans each event by itself, so that one that cannot be planned stops no other.
async fn planned(app: &App, insertions: &[Insertion]) -> Unhandled {
    let read = |insertion: &Insertion| {
        store::event_in(insertion.item.clone()).inspect_err(|error| logged(error, "an item of the stream is no event"))
    };
    let events: Vec<Result<Event>> = insertions.iter().map(read).collect();
    let known: Vec<Event> = events.iter().filter_map(|event| event.as_ref().ok()).cloned().collect();
    let mut planning = match plan::Planning::of(app, &known).await {
        Ok(planning) => planning,
        Err(error) => {
            logged(&error, "events could not be planned");
            return insertions.iter().collect();
        }
    };
    let mut failed = BTreeSet::new();
    for event in &known {
        if let Err(error) = planning.plan(event).await {
            logged(&error, "an event could not be planned");
            failed.insert(event.id);
        }
    }
    match planning.finish().await {
        Ok(unwritten) => {
            for (event, error) in unwritten {
                logged(&error, "what is told of an event could not be written");
                failed.insert(event);
            }
        }
        Err(error) => {
            logged(&error, "it could not be seen whether what was told stays");
            return insertions.iter().collect();
        }
    }
    mark(app, &known.iter().filter(|event| !failed.contains(&event.id)).collect::<Vec<_>>()).await;
    let is_planned = |event: &Result<Event>| event.as_ref().is_ok_and(|event| !failed.contains(&event.id));
    insertions.iter().zip(&events).filter(|(_, event)| !is_planned(event)).map(|(insertion, _)| insertion).collect()
}

/// Says that events were planned, for whoever looks for those that were not; without that mark they are planned twice, which
/// changes nothing.
async fn mark(app: &App, planned: &[&Event]) {
    let told: Vec<&Event> = planned.iter().copied().filter(|event| !notices_of(event).is_empty()).collect();
    let marked = match app.granted() {
        Ok(granted) => app.store.mark_planned(&granted, &told, app.now()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = marked {
        logged(&error, "planned events could not be marked");
    }
}

fn logged(error: &Error, what: &'static str) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, source, "{what}");
}

impl App {
    /// What the environment says.
    ///
    /// # Errors
    /// `MAIL_FROM`, `MAILS_PER_SECOND`, `MAILS_PER_DAY`, `PUBLIC_URL` or Vault's address and login is not what it should be.
    pub fn of(parts: &Parts) -> Result<Self, Fault> {
        let start::Settings { public_url, mail_from, table_prefix, mail_configuration_set, .. } = parts.settings();
        let portal = PublicUrl::try_from(public_url.clone()).map_err(|_| Fault::new("PUBLIC_URL", "is no origin"))?;
        let from = mail_from.as_deref().ok_or(Fault::new("MAIL_FROM", "is not set"))?;
        let from = from.parse().map_err(|_| Fault::new("MAIL_FROM", "is no address"))?;
        let post = Post::new(parts.mail()?, from, table_prefix, mail_configuration_set.clone());
        let key = HeldKey::new(parts.vault()?, start::random);
        Ok(Self {
            store: parts.store(),
            post,
            limits: limits(parts.settings())?,
            branding: Branding::default(),
            portal,
            key,
            clock: start::clock,
            wait: asleep,
            random: start::random,
        })
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn mint(&self) -> Mint {
        Mint::new(self.now(), (self.random)())
    }

    fn granted(&self) -> Result<Granted<SendNotices>> {
        let principal = Principal::System { part: SystemPart::Notifier, on_behalf_of: None };
        Actor { principal, standing: None, origin: Origin::default() }.grant(SendNotices, Platform)
    }
}

/// Waits in real time.
#[must_use]
pub fn asleep(time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(tokio::time::sleep(time))
}

fn limits(settings: &start::Settings) -> Result<MailLimits, Fault> {
    let start::Settings { mails_per_second, mails_per_day, .. } = settings;
    let number = |setting: &Option<String>, usual: u32| setting.as_deref().map_or(Ok(usual), str::parse);
    let per_second =
        number(mails_per_second, MAILS_PER_SECOND).map_err(|_| Fault::new("MAILS_PER_SECOND", "is no number"))?;
    let per_day = number(mails_per_day, MAILS_PER_DAY).map_err(|_| Fault::new("MAILS_PER_DAY", "is no number"))?;
    MailLimits::new(per_second, per_day)
        .map_err(|_| Fault::new("MAILS_PER_SECOND", "or MAILS_PER_DAY is out of bounds"))
}
