//! The scheduled reset of quotas: closes what was used into statements, frees what has lapsed, writes down which requests have
//! expired, tells admins what runs out, and holds counters to the ledger.
//!
//! No limit depends on it: windows roll and holds lapse by themselves. It may run twice, late, never, or end anywhere.

mod counters;
mod done;
mod ledger;
mod requests;

use std::time::Duration;

use domain::actor::SystemPart;
use domain::organization::{Organization, Status};
use domain::quota::{Closing, ResetQuotas, SweepQuotas};
use domain::scope::Platform;
use domain::{Actor, Code, Granted, Mint, Origin, Principal, Result, Timestamp};
use store::{Cursor, Store, Turn};

pub use done::Done;

/// So long one run goes on; what is left, the next one does.
pub const BUDGET: Duration = Duration::from_secs(180);

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: Store,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
    /// How long a run may go on.
    pub budget: Duration,
}

/// One run.
struct Run<'a> {
    app: &'a App,
    end: Timestamp,
    done: Done,
}

impl App {
    /// Goes through organizations, from where the last run ended, once at most and until the time is over.
    ///
    /// # Errors
    /// When the registry cannot be read. An organization that cannot be finished is logged and keeps no other one waiting.
    pub async fn run(&self) -> Result<Done> {
        let granted = actor(None).grant(SweepQuotas, Platform)?;
        let mut run = Run { app: self, end: (self.clock)().plus(self.budget), done: Done::default() };
        let begun = self.store.reset_turn(&granted).await?;
        let mut turn = begun.unwrap_or(Turn { status: Status::Active, cursor: None });
        loop {
            let cursor = turn.cursor.clone().map(Cursor::sent);
            let page = match self.store.organizations_to_reset(&granted, turn.status, cursor.as_ref()).await {
                // A turn of another release, or one whose place is gone: from the beginning of that status.
                Err(error) if error.code() == Code::CursorInvalid => {
                    turn.cursor = None;
                    continue;
                }
                page => page?,
            };
            for organization in &page.items {
                if !run.organization(organization).await {
                    return run.pause(&granted, turn).await;
                }
            }
            turn.cursor = page.next.map(|next| next.as_str().to_owned());
            match (turn.cursor.is_some(), turn.status) {
                (true, _) => {}
                (false, Status::Active) => turn.status = Status::Archived,
                (false, _) => {
                    turn.status = Status::Active;
                    return run.pause(&granted, turn).await;
                }
            }
            if run.is_over() {
                return run.pause(&granted, turn).await;
            }
        }
    }

    fn mint(&self) -> Mint {
        Mint::new((self.clock)(), (self.random)())
    }
}

impl Run<'_> {
    fn is_over(&self) -> bool {
        (self.app.clock)() >= self.end
    }

    async fn pause(self, granted: &Granted<SweepQuotas>, turn: Turn) -> Result<Done> {
        self.app.store.set_reset_turn(granted, turn).await?;
        Ok(self.done)
    }

    /// False where the time is over before all of it was done: the next run goes on with it.
    async fn organization(&mut self, organization: &Organization) -> bool {
        match self.reset(organization).await {
            Ok(whole) => {
                self.done.organizations += 1;
                whole
            }
            // It is archived, purged or not made at this moment.
            Err(error) if error.code() == Code::OrganizationNotActive => true,
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(organization = %organization.id, error = %error, source, "quotas could not be reset");
                self.done.failed += 1;
                true
            }
        }
    }

    async fn reset(&mut self, organization: &Organization) -> Result<bool> {
        let granted = actor(Some(organization)).grant(ResetQuotas, organization.id)?;
        let made_at = Timestamp::from_millis(organization.id.ulid().timestamp_ms());
        let mut closing = self.app.store.closing(&granted, made_at).await?;
        // What was found expired is remembered with the days that are added up in the same hour.
        let in_time = self.expire(&granted, &mut closing).await? && self.close(&granted, &mut closing).await?;
        Ok(in_time && self.counters(&granted, closing).await?)
    }

    async fn save(&self, granted: &Granted<ResetQuotas>, closing: &Closing) -> Result<()> {
        self.app.store.set_closing(granted, closing).await
    }
}

/// The part of the product that acts, standing in that organization.
fn actor(organization: Option<&Organization>) -> Actor {
    let standing = organization.map(|organization| organization.standing(None, std::collections::BTreeMap::new()));
    let principal = Principal::System { part: SystemPart::QuotaReset, on_behalf_of: None };
    Actor { principal, standing, origin: Origin::default() }
}
