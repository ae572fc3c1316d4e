//! What a run did, as the platform's log shows it.

use serde_json::{Value, json};

/// Counts of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Organizations that were looked at.
    pub organizations: u32,
    /// Organizations whose turn could not go on.
    pub failed: u32,
    /// Keys that got a new version.
    pub rotated: u32,
    /// Attributes that are under the newest version now.
    pub rewrapped: u64,
    /// Attributes that could not be wrapped anew.
    pub stuck: u64,
    /// Keys whose older versions open nothing any more.
    pub retired: u32,
}

impl Done {
    /// As the platform's log shows it.
    #[must_use]
    pub fn into_answer(self) -> Value {
        let Self { organizations, failed, rotated, rewrapped, stuck, retired } = self;
        json!({
            "organizations": organizations, "failed": failed,
            "rotated": rotated, "rewrapped": rewrapped, "stuck": stuck, "retired": retired,
        })
    }
}
