//! Tokens that are added to one window of one thing.

use serde::{Deserialize, Serialize};

use super::{KeptReason, Limits, Period, ScopeObject, Tokens, TopUps, Window};
use crate::id::{QuotaRequestId, TopUpId};
use crate::{Action, Code, Command, Error, OrgScope, Result, Timestamp};

/// A top-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUp {
    /// Its id.
    pub id: TopUpId,
    /// Of what.
    pub on: ScopeObject,
    /// For which window; in any other it is worth nothing.
    pub window: Window,
    /// How many, at least one.
    pub tokens: Tokens,
    /// Why. None where it answers a request, which has the reason; one of earlier may have a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<KeptReason>,
    /// The request that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<QuotaRequestId>,
    /// Who gave it: a person's id or a service account's.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was taken back and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// That a top-up was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl TopUp {
    /// Why it cannot be taken back any more.
    #[must_use]
    pub fn refusal(&self, now: Timestamp) -> Option<Error> {
        let words = match &self.revoked {
            Some(_) => "the top-up was taken back already",
            None if self.window.end() <= now => "the window of the top-up is over",
            None => return None,
        };
        Some(Error::new(Code::TopUpOver, words))
    }
}

impl Limits {
    /// With that much more in that window. Top-ups of an earlier window are worth nothing any more and make room.
    ///
    /// # Errors
    /// [`Code::Invalid`] where the sum is more than can be written, or a later window has begun.
    pub fn topped_up_by(&self, window: Window, tokens: Tokens) -> Result<Self> {
        let before = self.top_ups.get(window.period()).filter(|top_ups| top_ups.window >= window);
        let sum = match before {
            None => tokens,
            Some(before) if before.window > window => return Err(too_late()),
            Some(before) => Tokens::try_from(before.sum.get() + tokens.get())
                .map_err(|_| Error::new(Code::Invalid, "is more than can be added to what was added").at("/tokens"))?,
        };
        Ok(self.with_top_ups(TopUps { window, sum }))
    }

    /// Without that much in that window. Nothing changes where a later window has begun.
    #[must_use]
    pub fn without_top_up(&self, window: Window, tokens: Tokens) -> Self {
        match self.top_ups.get(window.period()).filter(|top_ups| top_ups.window == window) {
            Some(before) => self.with_top_ups(TopUps { window, sum: before.sum.minus(tokens) }),
            None => self.clone(),
        }
    }

    fn with_top_ups(&self, top_ups: TopUps) -> Self {
        let mut after = Self { version: self.version + 1, ..self.clone() };
        *after.top_ups.slot(top_ups.window.period()) = Some(top_ups);
        after
    }
}

fn too_late() -> Error {
    Error::new(Code::Conflict, "a later window has begun at this moment; try again")
}

/// `POST …/top-ups`, of whatever a [`super::Limiting`] names; the reason goes its own way, as it is sealed once this was
/// granted.
#[derive(Clone, Copy, Debug)]
pub struct GiveTopUp {
    /// To the present window of which period.
    pub period: Period,
    /// How many, at least one.
    pub tokens: Tokens,
}

/// `POST …/top-ups/{id}/revoke`, of whatever a [`super::Limiting`] names.
#[derive(Clone, Copy, Debug)]
pub struct RevokeTopUp {
    /// Which.
    pub id: TopUpId,
}

/// `GET …/top-ups` and one of them.
#[derive(Clone, Copy, Debug)]
pub struct ReadTopUps;

impl Command for ReadTopUps {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageQuotas
    }
}

/// Finds out of what a top-up is: only then can be decided who may take it back.
#[derive(Clone, Copy, Debug)]
pub struct OpenTopUp {
    /// Which.
    pub id: TopUpId,
}

impl Command for OpenTopUp {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadOwnQuotas
    }
}

/// At least one token.
///
/// # Errors
/// [`Code::Invalid`]
pub fn some(tokens: Tokens, pointer: &'static str) -> Result<Tokens> {
    let refused = || Error::new(Code::Invalid, "must be at least 1").at(pointer);
    (tokens != Tokens::ZERO).then_some(tokens).ok_or_else(refused)
}

#[cfg(test)]
#[path = "top_up_tests.rs"]
mod tests;
