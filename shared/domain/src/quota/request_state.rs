//! What becomes of a request for more tokens.

use serde::{Deserialize, Serialize};

use super::{KeptReason, Tokens};
use crate::id::TopUpId;
use crate::{Code, Error, Timestamp};

/// What became of a request. That one has expired follows from the time, whether that was written down or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum RequestState {
    /// It waits.
    Pending {
        /// Until then.
        expires: Timestamp,
    },
    /// It was approved.
    Approved {
        /// By whom.
        by: String,
        /// When.
        at: Timestamp,
        /// With what.
        gives: Allowance,
    },
    /// It was denied.
    Denied {
        /// By whom.
        by: String,
        /// When.
        at: Timestamp,
        /// Why, if that was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<KeptReason>,
    },
    /// Who asked took it back.
    Cancelled {
        /// When.
        at: Timestamp,
    },
    /// Nobody decided, and that was written down.
    Expired {
        /// Until when it had waited.
        at: Timestamp,
    },
}

/// What an approval gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "as")]
pub enum Allowance {
    /// Tokens for the window in which it was approved.
    TopUp {
        /// The top-up.
        id: TopUpId,
        /// How many.
        tokens: Tokens,
    },
    /// A limit that stays.
    Limit {
        /// The limit.
        limit: Tokens,
    },
}

/// What a request is at some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStanding {
    /// It waits.
    Pending,
    /// It was approved.
    Approved,
    /// It was denied.
    Denied,
    /// Who asked took it back.
    Cancelled,
    /// Nobody decided in time.
    Expired,
}

impl RequestStanding {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Why nothing can be done with it any more; none while it is pending.
    #[must_use]
    pub fn refusal(self) -> Option<Error> {
        let words = match self {
            Self::Pending => return None,
            Self::Approved => "the request was approved already",
            Self::Denied => "the request was denied already",
            Self::Cancelled => "the request was taken back",
            Self::Expired => "the request has expired; a new one may be made",
        };
        Some(Error::new(Code::QuotaRequestOver, words))
    }
}
