//! What the product tells people: which notices and mails an event makes, what they say, and how mails are sent.
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
mod send;

use std::time::Duration;

use batch::{Insertion, Message, Unhandled};
use domain::actor::SystemPart;
use domain::delivery::SendNotices;
use domain::scope::Platform;
use domain::{Actor, Code, Error, Event, Granted, Origin, Principal, Result, Timestamp};
use links::{HeldKey, PublicUrl};
use serde_json::Value;
use start::{Fault, Parts};

pub use post::Post;

use crate::mail::Branding;

/// What a new account at the mail service may send, and less than most may.
const MAILS_PER_SECOND: u32 = 10;
/// How long mails are sent after a stream's message was planned; the next message waits for so long.
const AFTER_PLANNING: Duration = Duration::from_secs(5);
/// How long the schedule's run sends.
const BY_SCHEDULE: Duration = Duration::from_secs(40);

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: store::Store,
    /// The way to the mail service.
    pub post: Post,
    /// How mails look.
    pub branding: Branding,
    /// Where their links lead.
    pub portal: PublicUrl,
    /// The key of those that somebody waits for.
    pub key: HeldKey,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

/// Handles what woke the function: events, or the schedule. Events are planned first; then what is due is sent, with what
/// time is left. What goes wrong with the mail service is nothing that an event is told again for.
///
/// # Errors
/// The message is of another kind, or the schedule's run could not reach the database. An event that could not be planned is
/// named in the answer, so that it is told again.
pub async fn handle(app: &App, event: Value) -> Result<Value> {
    match Message::read(event)? {
        Message::Items(insertions) => {
            let unhandled = planned(app, &insertions).await;
            if let Err(error) = send::due(app, AFTER_PLANNING).await {
                logged(&error, "mails could not be sent; the schedule goes on with them");
            }
            Ok(unhandled.into())
        }
        Message::Schedule => send::due(app, BY_SCHEDULE).await.map(|()| Value::Null),
        Message::Objects(_) => Err(Error::new(Code::Malformed, "no object is told to anybody")),
    }
}

/// Plans each event by itself, so that one that cannot be planned stops no other.
async fn planned(app: &App, insertions: &[Insertion]) -> Unhandled {
    let read = |insertion: &Insertion| store::event_in(insertion.item.clone());
    let events: Vec<Result<Event>> = insertions.iter().map(read).collect();
    let known: Vec<Event> = events.iter().filter_map(|event| event.as_ref().ok()).cloned().collect();
    let mut planning = match plan::Planning::of(app, &known).await {
        Ok(planning) => planning,
        Err(error) => {
            logged(&error, "events could not be planned");
            return insertions.iter().collect();
        }
    };
    let mut unhandled = vec![];
    for (insertion, event) in insertions.iter().zip(events) {
        let planned = match event {
            Ok(event) => planning.plan(&event).await,
            Err(error) => Err(error),
        };
        if let Err(error) = planned {
            logged(&error, "an event could not be planned");
            unhandled.push(insertion);
        }
    }
    if let Err(error) = planning.finish().await {
        logged(&error, "it could not be seen whether what was told stays");
        return insertions.iter().collect();
    }
    unhandled.into_iter().collect()
}

fn logged(error: &Error, what: &'static str) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, source, "{what}");
}

impl App {
    /// What the environment says.
    ///
    /// # Errors
    /// `MAIL_FROM`, `MAILS_PER_SECOND`, `PUBLIC_URL` or Vault's address and login is not what it should be.
    pub fn of(parts: &Parts) -> Result<Self, Fault> {
        let start::Settings { public_url, mail_from, mails_per_second, .. } = parts.settings();
        let portal = PublicUrl::try_from(public_url.clone()).map_err(|_| Fault::new("PUBLIC_URL", "is no origin"))?;
        let from = mail_from.as_deref().ok_or(Fault::new("MAIL_FROM", "is not set"))?;
        let from = from.parse().map_err(|_| Fault::new("MAIL_FROM", "is no address"))?;
        let rate = mails_per_second.as_deref().map_or(Ok(MAILS_PER_SECOND), str::parse);
        let rate = rate.map_err(|_| Fault::new("MAILS_PER_SECOND", "is no number"))?;
        let post =
            Post::new(parts.mail()?, from, rate).map_err(|_| Fault::new("MAILS_PER_SECOND", "is not 1 to 1000"))?;
        let key = HeldKey::new(parts.vault()?, start::random);
        Ok(Self { store: parts.store(), post, branding: Branding::default(), portal, key, clock: start::clock })
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn granted(&self) -> Result<Granted<SendNotices>> {
        let principal = Principal::System { part: SystemPart::Notifier, on_behalf_of: None };
        Actor { principal, standing: None, origin: Origin::default() }.grant(SendNotices, Platform)
    }
}
