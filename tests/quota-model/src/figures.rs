//! What came of a run, in numbers.

use domain::quota::{Counter, Part, Stage};

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Steps: a caller went on to its next call of the database.
    pub steps: u64,
    /// Commands that were begun.
    pub commands: u64,
    /// Calls that were reserved.
    pub reserved: u64,
    /// Calls that were refused for want of room.
    pub refused: u64,
    /// Calls that were settled.
    pub settled: u64,
    /// Of these, calls whose hold was gone.
    pub late: u64,
    /// Commands that ended with an error.
    pub failed: u64,
    /// Commands that were killed.
    pub killed: u64,
    /// Calls of the database that were disturbed.
    pub disturbed: u64,
    /// Conditions that did not hold.
    pub refused_writes: u64,
    /// Leases that were taken, and returned.
    pub leased: [u64; 2],
    /// What became of counters with branches.
    pub branching: Branchings,
}

/// How counters opened and joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branchings {
    /// Counters that opened.
    pub opened: u64,
    /// Counters that were joined again.
    pub joined: u64,
    /// Times that a root gave something to a branch.
    pub lent: u64,
    /// Times that a branch gave something back.
    pub returned: u64,
    /// Holds that were put in a branch.
    pub held: u64,
}

impl Branchings {
    pub(crate) fn count(&mut self, part: Part, before: Option<&Counter>, after: &Counter) {
        let empty = Counter::default();
        let before = before.unwrap_or(&empty);
        let given = |counter: &Counter| -> i64 {
            counter.entries.iter().flat_map(|(_, entry)| entry.flows.iter()).map(|(_, flow)| flow.given).sum()
        };
        let has_given = u64::from(given(after) > given(before));
        match part {
            Part::Root => {
                let changes = before.phase != after.phase;
                self.opened += u64::from(changes && after.phase.stage() == Stage::Open);
                self.joined += u64::from(changes && after.phase.stage() == Stage::Joined);
                self.lent += has_given;
            }
            Part::Branch(_) => {
                self.returned += has_given;
                self.held += u64::from(after.holds.keys().any(|key| !before.holds.contains_key(key)));
            }
        }
    }
}
