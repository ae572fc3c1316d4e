//! Calls as the runtime reports them: reserved before, settled or released after.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ScopeSet, Tokens};
use crate::id::ReservationId;
use crate::settings::{ModelId, SettingText};
use crate::{Action, Code, Command, Error, OrgScope, Result, Timestamp};

/// So many calls are reserved in one request.
pub const CALLS_MAX: usize = 8;
/// The time in a new reservation's id may lie so far back.
const AGE_MAX: Duration = Duration::from_secs(15 * 60);
/// And so far ahead, where the caller's clock is.
const AHEAD_MAX: Duration = Duration::from_secs(60);

/// One call that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The caller's id for it, made by the caller just before: its time says on which day of the ledger it stands.
    pub id: ReservationId,
    /// What it falls in.
    pub set: ScopeSet,
    /// Prompt and the longest completion together, at least one.
    pub amount: Tokens,
}

/// `POST /v1/quota-reservations`
#[derive(Clone, Debug)]
pub struct ReserveQuota {
    /// One call, or several that are made only if all of them may be.
    pub calls: Vec<Call>,
}

impl Command for ReserveQuota {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReserveQuota
    }
}

impl ReserveQuota {
    /// One to eight calls with tokens and ids of their own, made just now.
    ///
    /// # Errors
    /// [`Code::Invalid`], with a pointer into the list.
    pub fn new(calls: Vec<Call>, now: Timestamp) -> Result<Self> {
        if calls.is_empty() || calls.len() > CALLS_MAX {
            return Err(Error::new(Code::Invalid, "must hold 1 to 8 calls").at("/calls"));
        }
        let mut seen = BTreeSet::new();
        for (place, call) in calls.iter().enumerate() {
            let refused = |field, words| Err(Error::new(Code::Invalid, words).at(format!("/calls/{place}/{field}")));
            let made = made_at(call.id);
            match () {
                () if call.amount == Tokens::ZERO => return refused("tokens", "must be at least 1"),
                () if !seen.insert(call.id) => return refused("id", "must be another one for each call"),
                () if made.plus(AGE_MAX) < now || made > now.plus(AHEAD_MAX) => {
                    return refused(
                        "id",
                        "must be made just before the call: its time is more than 15 minutes old or ahead",
                    );
                }
                () => {}
            }
        }
        Ok(Self { calls })
    }
}

/// When an id was made.
fn made_at(id: ReservationId) -> Timestamp {
    Timestamp::from_millis(id.ulid().timestamp_ms())
}

impl ReservationId {
    /// When the caller made it: the day of this instant is the ledger's.
    #[must_use]
    pub fn made_at(self) -> Timestamp {
        made_at(self)
    }
}

/// How it is known what a call used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UsageSource {
    /// The provider said so.
    Provider,
    /// Counted or guessed by the runtime, as for a stream that was cut.
    Estimated,
    /// Nothing was used that anybody knows of.
    None,
}

/// What a call used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Of the prompt.
    pub prompt: Tokens,
    /// Of the completion.
    pub completion: Tokens,
    /// How that is known.
    pub source: UsageSource,
    /// Which model answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// Of which provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<SettingText>,
    /// What it cost, in millionths of a dollar.
    #[serde(default)]
    pub cost_micro_usd: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn total(&self) -> Tokens {
        self.prompt.plus(self.completion)
    }
}

/// `POST /v1/quota-reservations/{id}/settle`
#[derive(Clone, Debug)]
pub struct SettleQuota {
    /// Which.
    pub id: ReservationId,
    /// What it fell in, as it was reserved.
    pub set: ScopeSet,
    /// What it used.
    pub usage: Usage,
    /// What is charged, where that is not what it used itself: a lease's calls have lines of their own.
    pub charged: Option<Tokens>,
}

impl Command for SettleQuota {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::SettleQuota
    }
}

impl SettleQuota {
    /// What is charged.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        self.charged.unwrap_or_else(|| self.usage.total())
    }

    /// What a call used.
    ///
    /// # Errors
    /// [`Code::Invalid`] for tokens without a source, or an id of a time that has not come.
    pub fn new(id: ReservationId, set: ScopeSet, usage: Usage, now: Timestamp) -> Result<Self> {
        if usage.source == UsageSource::None && usage.total() > Tokens::ZERO {
            return Err(Error::new(Code::Invalid, "must be provider or estimated where tokens were used").at("/source"));
        }
        if made_at(id) > now.plus(AHEAD_MAX) {
            return Err(Error::new(Code::Invalid, "must not be of a time that has not come").at("id"));
        }
        Ok(Self { id, set, usage, charged: None })
    }
}

/// `POST /v1/quota-reservations/{id}/release`
#[derive(Clone, Copy, Debug)]
pub struct ReleaseQuota {
    /// Which.
    pub id: ReservationId,
    /// What it fell in, as it was reserved.
    pub set: ScopeSet,
}

impl Command for ReleaseQuota {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::SettleQuota
    }
}

/// A reservation that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// The call.
    pub call: Call,
    /// Since when.
    pub reserved_at: Timestamp,
    /// Until when, if nobody ends it.
    pub lapses_at: Timestamp,
}

/// A reservation that ended with what it used: a line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Which.
    pub id: ReservationId,
    /// What it fell in.
    #[serde(flatten)]
    pub set: ScopeSet,
    /// What it used.
    #[serde(flatten)]
    pub usage: Usage,
    /// What counters were charged for it, where that is not what it used: a lease's block is charged as one and has no use of its
    /// own; that stands in the lines of its calls, which are charged nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charged: Option<Tokens>,
    /// When it was reserved; the windows of that instant are charged.
    pub reserved_at: Timestamp,
    /// When it was settled.
    pub settled_at: Timestamp,
    /// Whether its hold was gone by then.
    pub late: bool,
    /// Which tries' holds stand for it.
    pub attempts: BTreeSet<u32>,
}

impl Settled {
    /// Whether that settlement says the same.
    #[must_use]
    pub fn says(&self, settlement: &SettleQuota) -> bool {
        self.set == settlement.set && self.usage == settlement.usage && self.charged == settlement.charged
    }

    /// Whether another line says the same of the same call.
    #[must_use]
    pub fn repeats(&self, line: &Self) -> bool {
        self.set == line.set && self.usage == line.usage && self.charged == line.charged
    }

    /// What counters were charged.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        self.charged.unwrap_or_else(|| self.usage.total())
    }
}
