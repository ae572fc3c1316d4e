//! What is remembered of rotations that ended.

use serde::{Deserialize, Serialize};

use super::Rotation;
use crate::Timestamp;
use crate::id::RotationId;

/// So many are remembered of one provider; the log has all.
pub const PAST_MAX: usize = 10;

/// A rotation that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Its id.
    pub id: RotationId,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// By whom.
    pub requested_by: String,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The version that it brought, if it came so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Outcome {
    /// The new one is used and the old one is gone.
    Retired,
    /// The new one did not work or could not be made; the old one was never touched.
    Failed {
        /// Why.
        why: String,
    },
    /// It was called off.
    Cancelled {
        /// By whom.
        by: String,
    },
    /// Somebody stored another credential meanwhile, or removed or voided it.
    Overtaken,
}

impl Outcome {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
            Self::Overtaken => "overtaken",
        }
    }
}

impl Past {
    pub(super) fn of(rotation: &Rotation, outcome: Outcome, ended_at: Timestamp) -> Self {
        let Rotation { id, requested_at, requested_by, stage, .. } = rotation;
        let requested_by = requested_by.clone();
        Self { id: *id, requested_at: *requested_at, requested_by, ended_at, version: stage.version(), outcome }
    }
}
