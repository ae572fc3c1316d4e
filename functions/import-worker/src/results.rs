//! What became of the rows of a chunk, kept beside it.

use domain::import::Counts;
use domain::import_row::Reason;
use domain::{Error, Result};
use serde::{Deserialize, Serialize};
use store::RowOutcome;

/// What became of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// The row's number in the sheet.
    pub(crate) row: u32,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

/// What became of a row that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// It made an account.
    Created,
    /// It added the person whom another row of the workbook makes.
    Joined,
    /// It added somebody whose account this import did not make.
    Added,
    /// It was refused after all.
    Refused(Reason),
}

impl From<RowOutcome> for Outcome {
    fn from(outcome: RowOutcome) -> Self {
        match outcome {
            RowOutcome::Created => Self::Created,
            RowOutcome::Joined => Self::Joined,
            RowOutcome::Added => Self::Added,
            RowOutcome::Refused(reason) => Self::Refused(reason),
        }
    }
}

impl Outcome {
    /// Adds itself up.
    pub(crate) fn count(self, counts: &mut Counts) {
        counts.rows += 1;
        match self {
            Self::Created => counts.created += 1,
            Self::Joined | Self::Added => counts.added += 1,
            Self::Refused(_) => counts.errors += 1,
        }
    }
}

pub(crate) fn count(all: &[Done]) -> Counts {
    let mut counts = Counts::default();
    all.iter().for_each(|done| done.outcome.count(&mut counts));
    counts
}

pub(crate) fn write(all: &[Done]) -> Result<Vec<u8>> {
    let mut text = vec![];
    for done in all {
        serde_json::to_writer(&mut text, done).map_err(Error::internal)?;
        text.push(b'\n');
    }
    Ok(text)
}

pub(crate) fn read(text: &[u8]) -> Result<Vec<Done>> {
    let text = std::str::from_utf8(text).map_err(Error::internal)?;
    text.lines().map(|line| serde_json::from_str(line).map_err(Error::internal)).collect()
}
