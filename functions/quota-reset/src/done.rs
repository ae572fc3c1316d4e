//! What a run did, as the platform's log shows it.

use serde_json::{Value, json};

/// Counts of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Organizations that were looked at.
    pub organizations: u32,
    /// Organizations that could not be finished.
    pub failed: u32,
    /// Days that were closed, or closed again.
    pub days: u32,
    /// Statements that were written.
    pub statements: u32,
    /// Lapsed holds that went.
    pub freed: usize,
    /// Requests for more tokens that were found expired.
    pub expired: usize,
    /// Alerts that were told.
    pub alerts: usize,
    /// Counters that were compared with the ledger.
    pub compared: usize,
    /// Counters that now count what was used before they were there.
    pub counted: usize,
    /// Counters that were not what it says.
    pub drifted: usize,
}

impl Done {
    /// As the platform's log shows it.
    #[must_use]
    pub fn into_answer(self) -> Value {
        let Self { organizations, failed, days, statements, freed, expired, alerts, compared, counted, drifted } = self;
        json!({
            "organizations": organizations, "failed": failed, "days": days, "statements": statements,
            "freed": freed, "expired": expired, "alerts": alerts,
            "compared": compared, "counted": counted, "drifted": drifted,
        })
    }
}
