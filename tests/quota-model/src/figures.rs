//! What came of a run, in numbers.

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
}
